/** The customers of one store or all. */
import { IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useSession } from '~/api/session';
import { useStores, type StoreScope } from '~/api/stores';
import type { CustomerListItem } from '~/api/types';
import { csvTime } from '~/lib/csv';
import { formatCount, plural } from '~/lib/format';
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
import { When } from '~/ui/when';
import classes from '../orders/orders.module.css';
import { customerName, DEFAULT_CUSTOMER_SORT, type CustomerSearch } from './model';
import { customerListQuery } from './queries';

interface CustomersPageProps {
  search: CustomerSearch;
  onSearch: (change: Partial<CustomerSearch>) => void;
  onClear: () => void;
}

export function CustomersPage({ search, onSearch, onClear }: CustomersPageProps) {
  const { tenantId } = useSession();
  const scope = useStores();
  const navigate = useNavigate();
  const currencies = [
    ...new Set((scope.current ? [scope.current] : scope.stores).map((store) => store.currency)),
  ].toSorted();
  const currency = currencies.includes(search.currency ?? '') ? search.currency : undefined;
  const filters = compact({
    storeId: scope.current?.id,
    q: search.q,
    currency,
    sort: search.sort ?? DEFAULT_CUSTOMER_SORT,
  });
  const query = useInfiniteQuery(customerListQuery(tenantId, filters));
  const columns = useMemo(() => customerColumns(scope), [scope]);
  return (
    <Page title="Customers" scope={<StoreScopeChip />} body="fill">
      <DataTable
        name="customers"
        label="Customers"
        one="customer"
        query={query}
        columns={columns}
        card={(customer) => <CustomerCard customer={customer} />}
        rowId={customerId}
        rowName={customerName}
        onOpen={(customer) => void navigate({ to: '/customers/$customerId', params: { customerId: customer.id } })}
        sort={{
          value: search.sort,
          fallback: DEFAULT_CUSTOMER_SORT,
          onChange: (sort) => onSearch({ sort: sort as CustomerSearch['sort'] }),
        }}
        toolbar={
          <>
            <SearchBox label="Search customers" value={search.q} onChange={(q) => onSearch({ q })} />
            {currencies.length > 1 && (
              <FilterPill
                label="Orders in"
                value={currency ?? query.data?.pages[0]?.items[0]?.currency ?? undefined}
                options={currencies.map((code) => ({ value: code, label: code }))}
                onChange={(code) => onSearch({ currency: code })}
                lasting
              />
            )}
          </>
        }
        empty={search.q ? <FilteredEmpty what="customers" onClear={onClear} /> : <NoCustomers />}
        bulk={() => null}
      />
    </Page>
  );
}

const customerId = (customer: CustomerListItem) => customer.id;

function NameLink({ customer }: { customer: CustomerListItem }) {
  return (
    <TextLink
      to="/customers/$customerId"
      params={{ customerId: customer.id }}
      className={`${classes.name} sk-touch`}
      tabIndex={-1}
    >
      {customerName(customer)}
    </TextLink>
  );
}

/** Nobody has a currency while nothing was ever ordered. */
function Spent({ customer }: { customer: CustomerListItem }) {
  return customer.currency && <Money amount={customer.totalSpent} currency={customer.currency} />;
}

function customerColumns(scope: StoreScope): Column<CustomerListItem>[] {
  const zone = (customer: CustomerListItem) => scope.listZone(customer.storeId);
  return [
    {
      id: 'name',
      header: 'Customer',
      width: 200,
      least: 110,
      grow: true,
      fixed: true,
      sort: ['name', '-name'],
      csv: (customer) => customer.name,
      cell: (customer) => <NameLink customer={customer} />,
    },
    {
      id: 'email',
      header: 'Email',
      width: 240,
      least: 150,
      grow: true,
      csv: (customer) => customer.email,
      cell: (customer) => customer.email ?? <span className="sk-muted">No email</span>,
    },
    {
      id: 'orders',
      header: 'Orders',
      width: 90,
      least: 84,
      align: 'end',
      sort: ['-orders'],
      csv: (customer) => customer.ordersCount,
      cell: (customer) => formatCount(customer.ordersCount),
    },
    {
      id: 'spent',
      header: 'Ordered for',
      width: 140,
      least: 116,
      align: 'end',
      sort: ['-spent'],
      csv: (customer) => customer.totalSpent,
      cell: (customer) => <Spent customer={customer} />,
    },
    {
      id: 'currency',
      header: 'Currency',
      width: 84,
      shown: false,
      exported: 'always',
      csv: (customer) => customer.currency,
      cell: (customer) => customer.currency,
    },
    {
      id: 'last',
      header: 'Last order',
      csvHeader: `Last order (${scope.timeZone})`,
      width: 130,
      least: timeWidth('date'),
      csv: (customer) => csvTime(customer.lastOrderAt, scope.timeZone),
      cell: (customer) =>
        customer.lastOrderAt && <When at={customer.lastOrderAt} timeZone={zone(customer)} detail="date" />,
    },
    {
      id: 'first',
      header: 'First order',
      csvHeader: `First order (${scope.timeZone})`,
      width: 130,
      least: timeWidth('date'),
      shown: false,
      csv: (customer) => csvTime(customer.firstOrderAt, scope.timeZone),
      cell: (customer) =>
        customer.firstOrderAt && <When at={customer.firstOrderAt} timeZone={zone(customer)} detail="date" />,
    },
    {
      id: 'createdAt',
      header: 'Since',
      csvHeader: `Since (${scope.timeZone})`,
      width: 130,
      least: timeWidth('date'),
      sort: ['-createdAt', 'createdAt'],
      csv: (customer) => csvTime(customer.createdAt, scope.timeZone),
      cell: (customer) => <When at={customer.createdAt} timeZone={zone(customer)} detail="date" />,
    },
    {
      id: 'phone',
      header: 'Phone',
      width: 140,
      shown: false,
      csv: (customer) => customer.phone,
      cell: (customer) => customer.phone,
    },
    {
      id: 'tags',
      header: 'Tags',
      width: 150,
      least: 90,
      grow: true,
      csv: (customer) => customer.tags.join(' '),
      cell: (customer) => customer.tags.join(', '),
    },
    {
      id: 'store',
      header: 'Store',
      width: 140,
      least: 90,
      grow: true,
      shown: scope.several,
      csv: (customer) => scope.find(customer.storeId)?.name ?? '',
      cell: (customer) => scope.find(customer.storeId)?.name,
    },
  ];
}

function CustomerCard({ customer }: { customer: CustomerListItem }) {
  return (
    <div className={classes.card}>
      <div className={classes.cardLine}>
        <NameLink customer={customer} />
        <Spent customer={customer} />
      </div>
      <div className={classes.cardLine}>
        <span className="sk-truncate sk-muted">{customer.email ?? 'No email'}</span>
        <span className="sk-muted">{plural(customer.ordersCount, 'order')}</span>
      </div>
      <StoreMark storeId={customer.storeId} />
    </div>
  );
}

function NoCustomers() {
  const { stores } = useStores();
  return (
    <EmptyState
      icon={<IconUsers size={28} stroke={1.5} />}
      title="No customers yet"
      action={stores.length === 0 && <ButtonLink to="/stores/connect">Connect a store</ButtonLink>}
    >
      Everyone with a customer record in the store appears here, with what they ordered.
    </EmptyState>
  );
}
