/** The products of one store or all. */
import { IconTag } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useSession } from '~/api/session';
import { useStores, type StoreScope } from '~/api/stores';
import type { ProductListItem } from '~/api/types';
import { csvTime } from '~/lib/csv';
import { formatCount, humanise } from '~/lib/format';
import { compact } from '~/lib/url-state';
import type { Column } from '~/patterns/data-table/column';
import { timeWidth } from '~/patterns/data-table/column-widths';
import { DataTable } from '~/patterns/data-table/data-table';
import { EmptyState, FilteredEmpty } from '~/patterns/empty-state';
import { FilterPill, SearchBox } from '~/patterns/filter-bar';
import { Money } from '~/patterns/money';
import { Page } from '~/patterns/page';
import { StoreMark, StoreScopeChip } from '~/patterns/store-scope';
import { ButtonLink, TextLink } from '~/ui/links';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import classes from '../orders/orders.module.css';
import { DEFAULT_PRODUCT_SORT, PRODUCT_STATUS, stockWords, type ProductSearch } from './model';
import { productListQuery } from './queries';

interface ProductsPageProps {
  search: ProductSearch;
  onSearch: (change: Partial<ProductSearch>) => void;
  onClear: () => void;
}

const STATUS_OPTIONS = Object.keys(PRODUCT_STATUS).map((value) => ({ value, label: humanise(value) }));

export function ProductsPage({ search, onSearch, onClear }: ProductsPageProps) {
  const { tenantId } = useSession();
  const scope = useStores();
  const navigate = useNavigate();
  const { q, status, sort } = search;
  const filters = compact({ storeId: scope.current?.id, q, status, sort: sort ?? DEFAULT_PRODUCT_SORT });
  const query = useInfiniteQuery(productListQuery(tenantId, filters));
  const columns = useMemo(() => productColumns(scope), [scope]);
  const toolbar = (
    <>
      <SearchBox label="Search products" value={q} onChange={(next) => onSearch({ q: next })} />
      <FilterPill
        label="Status"
        value={status}
        options={STATUS_OPTIONS}
        onChange={(next) => onSearch({ status: next })}
      />
    </>
  );
  return (
    <Page title="Products" scope={<StoreScopeChip />} body="fill">
      <DataTable
        name="products"
        label="Products"
        one="product"
        query={query}
        columns={columns}
        card={(product) => <ProductCard product={product} />}
        rowId={productId}
        rowName={(product) => product.title}
        onOpen={(product) => void navigate({ to: '/products/$productId', params: { productId: product.id } })}
        sort={{
          value: sort,
          fallback: DEFAULT_PRODUCT_SORT,
          onChange: (next) => onSearch({ sort: next as ProductSearch['sort'] }),
        }}
        toolbar={toolbar}
        empty={q || status ? <FilteredEmpty what="products" onClear={onClear} /> : <NoProducts />}
        bulk={() => null}
      />
    </Page>
  );
}

const productId = (product: ProductListItem) => product.id;

export function ProductStatus({ status }: { status: string | null }) {
  if (status === null) return null;
  return <StateBadge tone={PRODUCT_STATUS[status] ?? 'neutral'} label={humanise(status)} />;
}

function TitleLink({ product }: { product: ProductListItem }) {
  return (
    <TextLink
      to="/products/$productId"
      params={{ productId: product.id }}
      className={`${classes.name} sk-touch`}
      tabIndex={-1}
    >
      {product.title}
    </TextLink>
  );
}

function Price({ product }: { product: ProductListItem }) {
  if (product.price === null) return null;
  return (
    <>
      {product.variantCount > 1 && <span className="sk-muted">from </span>}
      <Money amount={product.price} currency={product.currency} />
    </>
  );
}

function productColumns(scope: StoreScope): Column<ProductListItem>[] {
  const zone = (product: ProductListItem) => scope.listZone(product.storeId);
  return [
    {
      id: 'title',
      header: 'Product',
      width: 320,
      least: 160,
      grow: true,
      fixed: true,
      sort: ['title', '-title'],
      csv: (product) => product.title,
      cell: (product) => <TitleLink product={product} />,
    },
    {
      id: 'status',
      header: 'Status',
      width: 116,
      least: 100,
      csv: (product) => product.status,
      cell: (product) => <ProductStatus status={product.status} />,
    },
    {
      id: 'price',
      header: 'Price',
      width: 140,
      least: 128,
      align: 'end',
      csv: (product) => product.price,
      cell: (product) => <Price product={product} />,
    },
    {
      id: 'currency',
      header: 'Currency',
      width: 84,
      shown: false,
      exported: 'always',
      csv: (product) => product.currency,
      cell: (product) => product.currency,
    },
    {
      id: 'variants',
      header: 'Variants',
      width: 90,
      least: 82,
      align: 'end',
      csv: (product) => product.variantCount,
      cell: (product) => formatCount(product.variantCount),
    },
    {
      id: 'stock',
      header: 'Stock',
      width: 130,
      least: 112,
      align: 'end',
      csv: (product) => product.totalInventory,
      cell: (product) => stockWords(product.totalInventory),
    },
    {
      id: 'vendor',
      header: 'Vendor',
      width: 150,
      least: 90,
      grow: true,
      csv: (product) => product.vendor,
      cell: (product) => product.vendor,
    },
    {
      id: 'type',
      header: 'Type',
      width: 130,
      shown: false,
      csv: (product) => product.productType,
      cell: (product) => product.productType,
    },
    {
      id: 'createdAt',
      header: 'Created',
      csvHeader: `Created (${scope.timeZone})`,
      width: 130,
      least: timeWidth('date'),
      sort: ['-createdAt', 'createdAt'],
      shown: false,
      csv: (product) => csvTime(product.createdAt, scope.timeZone),
      cell: (product) => <When at={product.createdAt} timeZone={zone(product)} detail="date" />,
    },
    {
      id: 'updatedAt',
      header: 'Changed',
      csvHeader: `Changed (${scope.timeZone})`,
      width: 130,
      least: timeWidth('date'),
      sort: ['-updatedAt', 'updatedAt'],
      csv: (product) => csvTime(product.updatedAt, scope.timeZone),
      cell: (product) => <When at={product.updatedAt} timeZone={zone(product)} detail="date" />,
    },
    {
      id: 'store',
      header: 'Store',
      width: 140,
      least: 90,
      grow: true,
      shown: scope.several,
      csv: (product) => scope.find(product.storeId)?.name ?? '',
      cell: (product) => scope.find(product.storeId)?.name,
    },
  ];
}

function ProductCard({ product }: { product: ProductListItem }) {
  return (
    <div className={classes.card}>
      <div className={classes.cardLine}>
        <span className={`${classes.cardName} sk-truncate`}>
          <TitleLink product={product} />
        </span>
        <span>
          <Price product={product} />
        </span>
      </div>
      <div className={classes.cardLine}>
        <ProductStatus status={product.status} />
        <span className="sk-muted">{stockWords(product.totalInventory)}</span>
      </div>
      <StoreMark storeId={product.storeId} />
    </div>
  );
}

function NoProducts() {
  const { stores } = useStores();
  return (
    <EmptyState
      icon={<IconTag size={28} stroke={1.5} />}
      title="No products yet"
      action={stores.length === 0 && <ButtonLink to="/stores/connect">Connect a store</ButtonLink>}
    >
      The store’s products appear here with their variants, prices and stock.
    </EmptyState>
  );
}
