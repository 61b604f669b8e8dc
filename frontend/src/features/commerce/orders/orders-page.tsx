/** The orders of one store or all: searched, filtered, sorted; all of it in the address. */
import { IconPackage } from '@tabler/icons-react';
import { useStores } from '~/api/stores';
import { humanise } from '~/lib/format';
import { DateRange } from '~/patterns/date-range';
import { EmptyState, FilteredEmpty } from '~/patterns/empty-state';
import { FilterGroup, FilterPill, SearchBox } from '~/patterns/filter-bar';
import { Page } from '~/patterns/page';
import { ButtonLink } from '~/ui/links';
import {
  DEFAULT_ORDER_SORT,
  FINANCIAL,
  FULFILLMENT,
  activeFilters,
  isFiltered,
  orderDays,
  orderFilters,
  type OrderSearch,
} from './model';
import { OrderTable } from './order-table';
import { StoreScopeChip } from '~/patterns/store-scope';

interface OrdersPageProps {
  search: OrderSearch;
  onSearch: (change: Partial<OrderSearch>) => void;
  onClear: () => void;
}

const options = (table: Record<string, unknown>) =>
  Object.keys(table).map((value) => ({ value, label: humanise(value) }));

const YES_NO = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

const asText = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
const asFlag = (value: string | undefined) => (value === undefined ? undefined : value === 'true');

export function OrdersPage({ search, onSearch, onClear }: OrdersPageProps) {
  const { current, timeZone, today: todayThere, mixedZones } = useStores();
  const today = todayThere();
  const filtered = isFiltered(search);
  const toolbar = (
    <>
      <SearchBox label="Search orders" value={search.q} onChange={(q) => onSearch({ q })} />
      <FilterGroup active={activeFilters(search)}>
        <FilterPill
          label="Payment"
          value={search.payment}
          options={options(FINANCIAL)}
          onChange={(payment) => onSearch({ payment })}
        />
        <FilterPill
          label="Fulfilment"
          value={search.fulfilment}
          options={options(FULFILLMENT)}
          onChange={(fulfilment) => onSearch({ fulfilment })}
        />
        <DateRange
          choice={search}
          range={orderDays(search, today)}
          timeZone={mixedZones ? null : timeZone}
          today={today}
          label="Placed"
          onChange={({ range, from, to }) => onSearch({ range, from, to })}
          onClear={() => onSearch({ range: undefined, from: undefined, to: undefined })}
        />
        <FilterPill
          label="Cancelled"
          value={asText(search.cancelled)}
          options={YES_NO}
          onChange={(value) => onSearch({ cancelled: asFlag(value) })}
        />
        <FilterPill
          label="Test"
          value={asText(search.test)}
          options={YES_NO}
          onChange={(value) => onSearch({ test: asFlag(value) })}
        />
      </FilterGroup>
    </>
  );
  return (
    <Page title="Orders" scope={<StoreScopeChip />} body="fill">
      <OrderTable
        filters={orderFilters(search, current?.id, today)}
        toolbar={toolbar}
        sort={{
          value: search.sort,
          fallback: DEFAULT_ORDER_SORT,
          onChange: (sort) => onSearch({ sort: sort as OrderSearch['sort'] }),
        }}
        empty={filtered ? <FilteredEmpty what="orders" onClear={onClear} /> : <NoOrders />}
      />
    </Page>
  );
}

function NoOrders() {
  const { stores } = useStores();
  return (
    <EmptyState
      icon={<IconPackage size={28} stroke={1.5} />}
      title="No orders yet"
      action={stores.length === 0 && <ButtonLink to="/stores/connect">Connect a store</ButtonLink>}
    >
      {stores.length === 0
        ? 'Orders appear here once a Shopify store is connected.'
        : 'Orders appear here as soon as the store has one; they are read every few minutes.'}
    </EmptyState>
  );
}
