/** The stand-in's figures. */
import { addDays, dayIn, daysIn, isDay, monthStart, type DayRange } from '../../lib/dates.ts';
import { inRange, overview, series, type Scope } from './analytics.ts';
import type { FakeRequest, FakeRoute } from './answers.ts';
import { money } from './state.ts';

export const shopsOf = ({ state, url }: FakeRequest) => {
  const storeId = url.searchParams.get('storeId');
  return state.shops.filter((shop) => !storeId || shop.store.id === storeId);
};

function scopeOf(request: FakeRequest): Scope & { range: DayRange; previous: DayRange | null; timeZone: string } {
  const query = request.url.searchParams;
  const currency = query.get('currency') ?? shopsOf(request)[0]?.store.currency ?? 'GBP';
  const shops = shopsOf(request).filter((shop) => shop.store.currency === currency);
  const timeZone = shops[0]?.store.timeZone ?? 'UTC';
  const today = dayIn(timeZone, request.state.now());
  const from = query.get('from');
  const to = query.get('to');
  const range = isDay(from) && isDay(to) ? { from, to } : { from: addDays(today, -29), to: today };
  const shift = query.get('compare') === 'year' ? 364 : daysIn(range);
  const previous =
    query.get('compare') === 'none' ? null : { from: addDays(range.from, -shift), to: addDays(range.to, -shift) };
  const orders = shops.flatMap((shop) => shop.orders).filter((order) => !order.test);
  return { orders, currency, decimals: currency === 'JPY' ? 0 : 2, range, previous, timeZone };
}

function top<Row extends { revenue: number }>(rows: Map<string, Row>, url: URL): Row[] {
  return [...rows.values()].sort((a, b) => b.revenue - a.revenue).slice(0, Number(url.searchParams.get('limit') ?? 5));
}

const units = (text: string) => Number(text.replace('.', ''));

export const analyticsRoutes: FakeRoute[] = [
  [
    'GET',
    /^\/api\/analytics\/overview$/,
    (request) => {
      const scope = scopeOf(request);
      const { historyFrom = null } = request.state;
      return { ...overview(scope, scope.range, scope.previous, scope.timeZone), historyFrom };
    },
  ],
  [
    'GET',
    /^\/api\/analytics\/timeseries$/,
    (request) => {
      const scope = scopeOf(request);
      const interval = (request.url.searchParams.get('interval') ?? 'day') as 'day' | 'week' | 'month';
      const previous = scope.previous ? series(scope, scope.previous, interval) : [];
      return {
        interval,
        timeZone: scope.timeZone,
        currency: scope.currency,
        points: series(scope, scope.range, interval),
        previous,
      };
    },
  ],
  [
    'GET',
    /^\/api\/analytics\/periods$/,
    (request) => {
      const scope = scopeOf(request);
      const today = scope.range.to;
      const sum = (orders: typeof scope.orders) =>
        money(
          orders.reduce((total, order) => total + units(order.totalPrice), 0),
          scope.decimals,
        );
      const of = (period: 'all' | 'week' | 'month', from: string | null) => {
        const orders = from ? inRange(scope.orders, { from, to: today }) : scope.orders;
        return { period, from, to: today, orders: orders.length, revenue: sum(orders) };
      };
      return {
        currency: scope.currency,
        periods: [of('all', null), of('month', monthStart(today)), of('week', addDays(today, -6))],
      };
    },
  ],
  [
    'GET',
    /^\/api\/analytics\/top-products$/,
    (request) => {
      const scope = scopeOf(request);
      const rows = new Map<
        string,
        { productId: string | null; title: string; units: number; revenue: number; orders: number }
      >();
      for (const order of inRange(scope.orders, scope.range)) {
        for (const line of order.lines) {
          const row = rows.get(line.title) ?? {
            productId: line.productId,
            title: line.title,
            units: 0,
            revenue: 0,
            orders: 0,
          };
          rows.set(line.title, {
            ...row,
            units: row.units + line.quantity,
            revenue: row.revenue + units(line.total),
            orders: row.orders + 1,
          });
        }
      }
      return {
        currency: scope.currency,
        items: top(rows, request.url).map((row) => ({ ...row, revenue: money(row.revenue, scope.decimals) })),
      };
    },
  ],
  [
    'GET',
    /^\/api\/analytics\/top-customers$/,
    (request) => {
      const scope = scopeOf(request);
      const rows = new Map<
        string,
        {
          customerId: string;
          customerName: string | null;
          customerEmail: string | null;
          orderCount: number;
          revenue: number;
        }
      >();
      for (const order of inRange(scope.orders, scope.range)) {
        if (!order.customer) continue;
        const row = rows.get(order.customer.id) ?? {
          customerId: order.customer.id,
          customerName: order.customer.name,
          customerEmail: order.customer.email,
          orderCount: 0,
          revenue: 0,
        };
        rows.set(row.customerId, {
          ...row,
          orderCount: row.orderCount + 1,
          revenue: row.revenue + units(order.totalPrice),
        });
      }
      return top(rows, request.url).map(({ revenue, ...row }) => ({
        ...row,
        totalRevenue: money(revenue, scope.decimals),
      }));
    },
  ],
  [
    'GET',
    /^\/api\/analytics\/changes$/,
    ({ state }) => ({
      asOf: addDays(dayIn('UTC', state.now()), -1),
      sentences: [
        {
          key: 'sales',
          text: 'Yesterday brought £1,204.18 from 11 orders, £212.40 more than the day before.',
          direction: 'up',
          amounts: [
            { text: '£1,204.18', amount: '1204.18', currency: 'GBP' },
            { text: '£212.40', amount: '212.40', currency: 'GBP' },
          ],
        },
        {
          key: 'returns',
          text: 'Three refunds went out, £64.20 in all.',
          direction: 'down',
          amounts: [{ text: '£64.20', amount: '64.20', currency: 'GBP' }],
        },
        {
          key: 'product',
          text: '“Rabbit night light” sold 34 times, four times its usual day.',
          direction: 'up',
          amounts: [],
        },
      ],
    }),
  ],
  ['GET', /^\/api\/analytics\/definitions$/, () => ({ items: [] })],
];
