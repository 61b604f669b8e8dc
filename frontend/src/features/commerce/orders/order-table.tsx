/** Orders as a table: the same one on the orders page and on a customer's page. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useSession } from '~/api/session';
import { useStores, type StoreScope } from '~/api/stores';
import type { OrderListItem } from '~/api/types';
import { csvTime } from '~/lib/csv';
import { sumDecimals } from '~/lib/decimal';
import { formatCount } from '~/lib/format';
import { groupBy } from '~/lib/group';
import { DataTable } from '~/patterns/data-table/data-table';
import type { Column, SortState } from '~/patterns/data-table/column';
import { timeWidth } from '~/patterns/data-table/column-widths';
import { Money } from '~/patterns/money';
import { StoreMark } from '~/patterns/store-scope';
import { TextLink } from '~/ui/links';
import { When } from '~/ui/when';
import { customerName } from '../customers/model';
import { FulfilmentBadge, OrderMarks, PaymentBadge } from './order-badges';
import classes from './orders.module.css';
import { orderListQuery, type OrderFilters } from './queries';

interface OrderTableProps {
  filters: OrderFilters;
  sort?: SortState;
  toolbar?: ReactNode;
  /** On a customer's own page, whose orders these are need not be said. */
  ofOneCustomer?: boolean;
  /** How many there will be, where that is known before they come. */
  expected?: number;
  empty: ReactNode;
}

export function OrderTable({ filters, sort, toolbar, ofOneCustomer = false, expected, empty }: OrderTableProps) {
  const { tenantId } = useSession();
  const scope = useStores();
  const navigate = useNavigate();
  const query = useInfiniteQuery(orderListQuery(tenantId, filters));
  const columns = useMemo(
    () => orderColumns(scope).filter((column) => !ofOneCustomer || !['customer', 'store'].includes(column.id)),
    [scope, ofOneCustomer],
  );
  return (
    <DataTable
      name={ofOneCustomer ? 'customer-orders' : 'orders'}
      label="Orders"
      one="order"
      query={query}
      columns={columns}
      card={(order) => <OrderCard order={order} timeZone={scope.listZone(order.storeId)} named={!ofOneCustomer} />}
      rowId={orderId}
      rowName={(order) => order.name}
      onOpen={(order) => void navigate({ to: '/orders/$orderId', params: { orderId: order.id } })}
      sort={sort}
      expected={expected}
      toolbar={toolbar}
      empty={empty}
      bulk={(orders) => <PickedTotals orders={orders} />}
    />
  );
}

const GUEST = 'Guest';
const orderId = (order: OrderListItem) => order.id;
const customerOf = ({ customer }: OrderListItem) => (customer ? customerName(customer) : GUEST);

function orderColumns(scope: StoreScope): Column<OrderListItem>[] {
  return [
    {
      id: 'name',
      header: 'Order',
      width: 172,
      least: 96,
      fixed: true,
      sort: ['-name', 'name'],
      csv: (order) => order.name,
      cell: (order) => (
        <span className={classes.nameCell}>
          <TextLink
            to="/orders/$orderId"
            params={{ orderId: order.id }}
            className={`${classes.name} sk-touch`}
            tabIndex={-1}
          >
            {order.name}
          </TextLink>
          <OrderMarks cancelledAt={order.cancelledAt} test={order.test} />
        </span>
      ),
    },
    {
      id: 'createdAt',
      header: scope.mixedZones ? 'Placed, your time' : 'Placed',
      csvHeader: `Placed (${scope.timeZone})`,
      width: timeWidth('minute') + 8,
      least: timeWidth('minute'),
      sort: ['-createdAt', 'createdAt'],
      csv: (order) => csvTime(order.createdAt, scope.timeZone),
      cell: (order) => <When at={order.createdAt} timeZone={scope.listZone(order.storeId)} />,
    },
    {
      id: 'customer',
      header: 'Customer',
      width: 200,
      least: 104,
      grow: true,
      csv: customerOf,
      cell: (order) => (order.customer ? customerOf(order) : <span className="sk-muted">{GUEST}</span>),
    },
    {
      id: 'total',
      header: 'Total',
      width: 124,
      least: 104,
      align: 'end',
      sort: ['-total', 'total'],
      csv: (order) => order.totalPrice,
      cell: (order) => (
        <Money amount={order.totalPrice} currency={order.currency} strike={order.cancelledAt !== null} />
      ),
    },
    {
      id: 'currency',
      header: 'Currency',
      width: 84,
      shown: false,
      exported: 'always',
      csv: (order) => order.currency,
      cell: (order) => order.currency,
    },
    {
      id: 'payment',
      header: 'Payment',
      width: 160,
      least: 152,
      csv: (order) => order.financialStatus,
      cell: (order) => <PaymentBadge status={order.financialStatus} />,
    },
    {
      id: 'fulfilment',
      header: 'Fulfilment',
      width: 156,
      least: 112,
      csv: (order) => order.fulfillmentStatus,
      cell: (order) => <FulfilmentBadge status={order.fulfillmentStatus} />,
    },
    {
      id: 'items',
      header: 'Items',
      width: 68,
      least: 54,
      align: 'end',
      csv: (order) => order.itemCount,
      cell: (order) => formatCount(order.itemCount),
    },
    {
      id: 'marks',
      header: 'Cancelled or test',
      width: 140,
      shown: false,
      csv: (order) => [order.cancelledAt && 'cancelled', order.test && 'test'].filter(Boolean).join(' '),
      cell: (order) => [order.cancelledAt && 'Cancelled', order.test && 'Test'].filter(Boolean).join(', '),
    },
    {
      id: 'tags',
      header: 'Tags',
      width: 140,
      grow: true,
      shown: false,
      csv: (order) => order.tags.join(' '),
      cell: (order) => order.tags.join(', '),
    },
    {
      id: 'store',
      header: 'Store',
      width: 140,
      least: 90,
      grow: true,
      shown: scope.several,
      csv: (order) => scope.find(order.storeId)?.name ?? '',
      cell: (order) => scope.find(order.storeId)?.name,
    },
  ];
}

interface OrderCardProps {
  order: OrderListItem;
  timeZone: string | undefined;
  named: boolean;
}

function OrderCard({ order, timeZone, named }: OrderCardProps) {
  return (
    <div className={classes.card}>
      <div className={classes.cardLine}>
        {/* The whole card opens the order; room for a finger around the link would be the box's beside it. */}
        <TextLink to="/orders/$orderId" params={{ orderId: order.id }} className={classes.name} tabIndex={-1}>
          {order.name}
        </TextLink>
        <Money amount={order.totalPrice} currency={order.currency} strike={order.cancelledAt !== null} />
      </div>
      <div className={classes.cardLine}>
        {named && <span className="sk-truncate">{customerOf(order)}</span>}
        <span className="sk-muted">
          <When at={order.createdAt} timeZone={timeZone} />
        </span>
      </div>
      <div className={classes.marks}>
        <PaymentBadge status={order.financialStatus} />
        <FulfilmentBadge status={order.fulfillmentStatus} />
        <OrderMarks cancelledAt={order.cancelledAt} test={order.test} />
        {named && <StoreMark storeId={order.storeId} />}
      </div>
    </div>
  );
}

/** What the picked orders come to, one exact sum a currency. */
function PickedTotals({ orders }: { orders: readonly OrderListItem[] }) {
  const sums = [...groupBy(orders, (order) => order.currency)].map(([currency, group]) => ({
    currency,
    amount: sumDecimals(group.map((order) => order.totalPrice)),
  }));
  return (
    <span className={classes.sums}>
      {sums.map((sum) => (
        <Money key={sum.currency} {...sum} />
      ))}
    </span>
  );
}
