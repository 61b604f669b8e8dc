/** One product and its variants. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { Product } from '~/api/types';
import { plural } from '~/lib/format';
import { BackButton } from '~/patterns/back-button';
import { Money } from '~/patterns/money';
import { Page } from '~/patterns/page';
import { QueryView } from '~/patterns/query-view';
import { DetailSkeleton } from '~/patterns/skeletons';
import { CopyText } from '~/ui/copy-text';
import { Facts } from '~/ui/facts';
import { Panel } from '~/ui/panel';
import { When } from '~/ui/when';
import { OpenInShopify } from '../open-in-shopify';
import classes from '../orders/orders.module.css';
import { stockWords, variantName } from './model';
import { ProductStatus } from './products-page';
import { productQuery } from './queries';

interface ProductPageProps {
  productId: string;
  linkToShopify: boolean;
}

export function ProductPage({ productId, linkToShopify }: ProductPageProps) {
  const { tenantId } = useSession();
  const product = useQuery(productQuery(tenantId, productId));
  const data = product.data;
  return (
    <Page
      title={data?.title ?? 'Product'}
      back={<BackButton to="/products" label="Back to products" />}
      scope={data && <ProductStatus status={data.status} />}
      actions={
        data && linkToShopify && <OpenInShopify storeId={data.storeId} kind="products" shopifyId={data.shopifyId} />
      }
      width="wide"
    >
      <QueryView query={product} skeleton={<DetailSkeleton />} empty="never">
        {(found) => (
          <div className={classes.detail}>
            <div className={classes.column}>
              <Variants product={found} />
              {found.description && (
                <Panel title="Description">
                  <p className={classes.note}>{found.description}</p>
                </Panel>
              )}
            </div>
            <div className={classes.column}>
              <ProductFacts product={found} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function Variants({ product }: { product: Product }) {
  return (
    <Panel title={plural(product.variants.length, 'variant')} flush>
      <table className={classes.lines}>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col">Price</th>
            <th scope="col">Stock</th>
          </tr>
        </thead>
        <tbody>
          {product.variants.map((variant) => (
            <tr key={variant.id}>
              <td>
                <span className={classes.lineTitle}>{variantName(variant.title)}</span>
                {variant.sku && <span className={classes.lineSub}>{variant.sku}</span>}
              </td>
              <td>
                <Money amount={variant.price} currency={product.currency} />
                {variant.compareAtPrice && (
                  <span className={classes.lineSub}>
                    instead of <Money amount={variant.compareAtPrice} currency={product.currency} strike />
                  </span>
                )}
              </td>
              <td>{stockWords(variant.inventoryQuantity)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function ProductFacts({ product }: { product: Product }) {
  const store = useStores().find(product.storeId);
  return (
    <Panel title="Facts">
      <Facts
        facts={[
          { name: 'Store', value: store?.name ?? null },
          { name: 'Vendor', value: product.vendor },
          { name: 'Type', value: product.productType },
          { name: 'Stock', value: stockWords(product.totalInventory) },
          { name: 'Tags', value: product.tags.join(', ') },
          { name: 'Handle', value: product.handle },
          { name: 'Created', value: <When at={product.createdAt} timeZone={store?.timeZone} detail="date" /> },
          { name: 'Changed', value: <When at={product.updatedAt} timeZone={store?.timeZone} /> },
          { name: 'Shopify id', value: <CopyText value={product.shopifyId} label="Shopify id" /> },
        ]}
      />
    </Panel>
  );
}
