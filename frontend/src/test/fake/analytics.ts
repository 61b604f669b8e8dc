/** Figures worked out from the made-up orders; right in shape, plausible in size. Not the product's own arithmetic. */
import type { Order, Overview, OverviewTile, TimeseriesPoint } from '../../api/types.ts';
import { addDays, daysIn, type DayRange } from '../../lib/dates.ts';
import { amount } from './random.ts';

export interface Scope {
  orders: readonly Order[];
  currency: string;
  decimals: number;
}

const units = (text: string) => Number(text.replace('.', ''));
const dayOf = (order: Order) => order.createdAt.slice(0, 10);

export function inRange(orders: readonly Order[], range: DayRange): Order[] {
  return orders.filter((order) => dayOf(order) >= range.from && dayOf(order) <= range.to);
}

export function series(scope: Scope, range: DayRange, step: 'day' | 'week' | 'month'): TimeseriesPoint[] {
  const starts: string[] = [];
  for (let day = range.from; day <= range.to; day = addDays(day, 1)) {
    const weekStart = new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
    if (
      step === 'day' ||
      day === range.from ||
      (step === 'week' && weekStart) ||
      (step === 'month' && day.endsWith('-01'))
    )
      starts.push(day);
  }
  return starts.map((date, index) => {
    const next = starts[index + 1];
    const to = next ? addDays(next, -1) : range.to;
    return { date, ...sums(scope, inRange(scope.orders, { from: date, to })) };
  });
}

function sums(scope: Scope, orders: readonly Order[]): Omit<TimeseriesPoint, 'date'> {
  const money = (value: number) => amount(value, scope.decimals);
  const add = (field: 'totalPrice' | 'subtotalPrice' | 'totalRefunded') =>
    orders.reduce((sum, order) => sum + units(order[field]), 0);
  const customers = new Set(orders.map((order) => order.customer?.id).filter(Boolean)).size;
  const fresh = Math.round(customers * 0.28);
  return {
    orders: orders.length,
    revenue: money(add('totalPrice')),
    grossSales: money(add('subtotalPrice')),
    discounts: money(0),
    returns: money(-add('totalRefunded')),
    netSales: money(add('subtotalPrice') - add('totalRefunded')),
    totalSales: money(add('totalPrice') - add('totalRefunded')),
    refunded: money(add('totalRefunded')),
    newCustomers: fresh,
    returningCustomers: customers - fresh,
  };
}

const TILES: [string, string, OverviewTile['unit'], string, string | null][] = [
  [
    'total_sales',
    'Total sales',
    'money',
    'Net sales plus shipping and taxes, on the day each was made or reversed.',
    null,
  ],
  [
    'gross_sales',
    'Gross sales',
    'money',
    'Unit price times quantity, before discounts, returns, tax and shipping.',
    null,
  ],
  ['discounts', 'Discounts', 'money', 'Line discounts and each line’s share of order discounts.', null],
  [
    'returns',
    'Returns',
    'money',
    'Value of goods returned, edited out or cancelled, on the day it was processed.',
    null,
  ],
  ['net_sales', 'Net sales', 'money', 'Gross sales less discounts and returns.', null],
  ['shipping', 'Shipping', 'money', 'Shipping charged less shipping refunded.', null],
  ['taxes', 'Taxes', 'money', 'Tax charged less tax refunded.', null],
  ['orders', 'Orders', 'count', 'Orders placed in the period, cancelled ones included, test orders not.', null],
  ['aov', 'Average order value', 'money', 'Gross sales less discounts, divided by orders.', null],
  ['customers', 'Customers', 'count', 'Different customers who ordered.', null],
  ['new_customers', 'New customers', 'count', 'Customers whose first order ever is in the period.', null],
  ['returning_customers', 'Returning customers', 'count', 'Customers who had ordered before.', null],
  [
    'returning_rate',
    'Returning customer rate',
    'ratio',
    'Returning customers divided by customers who ordered.',
    'Shopify leaves out customers who were both new and returning in the period; Storekeep counts them as returning.',
  ],
  [
    'refunds',
    'Refunds',
    'money',
    'Money given back, by the day it was refunded.',
    'Shopify’s sales reports show the value of returned goods; this is the money that went back.',
  ],
  ['fulfilled', 'Fulfilled', 'count', 'Orders of the period that have been sent completely.', null],
  ['pending', 'To fulfil', 'count', 'Open orders of the period still to be sent.', null],
];

export function overview(scope: Scope, range: DayRange, previous: DayRange | null, timeZone: string): Overview {
  const now = figures(scope, range);
  const then = previous ? figures(scope, previous) : null;
  const spark = series(scope, range, daysIn(range) > 93 ? 'week' : 'day').map((point) => point.revenue);
  const tiles = TILES.map(([key, label, unit, definition, differsFromShopify]): OverviewTile => {
    const value = now[key] ?? null;
    const before = then?.[key] ?? null;
    const change =
      before && value && Number(before) !== 0 && unit !== 'ratio'
        ? ((Number(value) - Number(before)) / Math.abs(Number(before))).toFixed(4)
        : null;
    return { key, label, unit, value, previous: before, change, definition, differsFromShopify, sparkline: spark };
  });
  return {
    currency: scope.currency,
    currencies: ['GBP', 'JPY'],
    timeZone,
    from: range.from,
    to: range.to,
    previousFrom: previous?.from ?? null,
    previousTo: previous?.to ?? null,
    historyFrom: null,
    tiles,
    errors: [],
  };
}

function figures(scope: Scope, range: DayRange): Record<string, string> {
  const orders = inRange(scope.orders, range);
  const total = sums(scope, orders);
  const money = (value: number) => amount(Math.round(value), scope.decimals);
  const customers = total.newCustomers + total.returningCustomers;
  const shipping = orders.reduce((sum, order) => sum + units(order.totalShipping), 0);
  const taxes = orders.reduce((sum, order) => sum + units(order.totalTax), 0);
  return {
    total_sales: total.totalSales,
    gross_sales: total.grossSales,
    discounts: total.discounts,
    returns: total.returns,
    net_sales: total.netSales,
    shipping: money(shipping),
    taxes: money(taxes),
    orders: String(total.orders),
    aov: money(total.orders ? units(total.grossSales) / total.orders : 0),
    customers: String(customers),
    new_customers: String(total.newCustomers),
    returning_customers: String(total.returningCustomers),
    returning_rate: customers ? (total.returningCustomers / customers).toFixed(4) : '0',
    refunds: money(-units(total.returns)),
    fulfilled: String(orders.filter((order) => order.fulfillmentStatus === 'FULFILLED').length),
    pending: String(orders.filter((order) => order.fulfillmentStatus !== 'FULFILLED').length),
  };
}
