/** The stand-in's stores, sync runs, orders, customers, products and figures. */
import { compareDecimals } from '../../lib/decimal.ts';
import { addDays, dayIn, daysIn, isDay, monthStart, type DayRange } from '../../lib/dates.ts';
import { inRange, overview, series, type Scope } from './analytics.ts';
import { FakeAnswer, FakeFailure, type FakeRequest, type FakeRoute } from './answers.ts';
import { matches, paged } from './paging.ts';
import { buildShop } from './shop.ts';
import { advance, money, newRun } from './state.ts';

const missing = () => new FakeFailure(404, 'NOT_FOUND', 'There is no such thing here.');

const shopsOf = ({ state, url }: FakeRequest) => {
  const storeId = url.searchParams.get('storeId');
  return state.shops.filter((shop) => !storeId || shop.store.id === storeId);
};

function connect({ state }: FakeRequest, shop: string, via: 'OAUTH' | 'CUSTOM_APP') {
  const plan = {
    shop,
    name: shop.replace('.myshopify.com', ''),
    currency: 'GBP',
    decimals: 2,
    timeZone: 'Europe/London',
    days: 400,
    perDay: 7,
  };
  const made = buildShop(plan, state.random, state.now());
  Object.assign(made.store, { connectedVia: via, lastSyncAt: null, lastSyncStatus: null, nextSyncAt: null });
  state.shops.push(made);
  state.runs.unshift(newRun(state, made.store, 'INITIAL', 'CONNECT'));
  return made.store;
}

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

export const shopRoutes: FakeRoute[] = [
  ['GET', /^\/api\/stores$/, ({ state }) => ({ items: state.shops.map((shop) => shop.store), nextCursor: null })],
  [
    'GET',
    /^\/api\/shopify\/auth$/,
    (request) => {
      const store = connect(request, request.url.searchParams.get('shop') ?? 'new.myshopify.com', 'OAUTH');
      return new FakeAnswer(302, undefined, `/stores/${store.id}/import`);
    },
  ],
  [
    'POST',
    /^\/api\/stores$/,
    (request) => {
      const shop = String(request.body.shop);
      if (!String(request.body.accessToken).startsWith('shpat_'))
        throw new FakeFailure(422, 'SHOPIFY_TOKEN_REFUSED', 'Shopify did not accept this token for that shop.', {
          field: 'accessToken',
        });
      return new FakeAnswer(201, connect(request, shop, 'CUSTOM_APP'));
    },
  ],
  [
    'GET',
    /^\/api\/stores\/([\w-]+)$/,
    ({ state, params }) => {
      const shop = state.shops.find((one) => one.store.id === params[0]);
      if (!shop) throw missing();
      return shop.store;
    },
  ],
  [
    'PATCH',
    /^\/api\/stores\/([\w-]+)$/,
    ({ state, params, body }) => {
      const shop = state.shops.find((one) => one.store.id === params[0]);
      if (!shop) throw missing();
      Object.assign(shop.store, body, 'syncPaused' in body ? { status: body.syncPaused ? 'PAUSED' : 'CONNECTED' } : {});
      return shop.store;
    },
  ],
  [
    'DELETE',
    /^\/api\/stores\/([\w-]+)$/,
    ({ state, params, body }) => {
      const shop = state.shops.find((one) => one.store.id === params[0]);
      if (!shop) throw missing();
      if (body.confirmName !== shop.store.shop)
        throw new FakeFailure(422, 'CONFIRMATION_MISMATCH', 'The name typed is not the shop’s.', {
          field: 'confirmName',
        });
      state.shops = state.shops.filter((one) => one !== shop);
      return new FakeAnswer(202, erasure(state.random.id(), state.now(), shop.store.shop));
    },
  ],
  [
    'GET',
    /^\/api\/erasures\/([\w-]+)$/,
    ({ params, state }) => erasure(params[0] ?? '', new Date(state.now().getTime() - 4000), 'store'),
  ],
  [
    'POST',
    /^\/api\/sync$/,
    ({ state, body }) => {
      const shops = state.shops.filter((shop) => !body.storeId || shop.store.id === body.storeId);
      const runs = shops.map((shop) => newRun(state, shop.store, body.full ? 'RESYNC' : 'DELTA', 'MANUAL'));
      state.runs.unshift(...runs);
      return new FakeAnswer(202, { items: runs, nextCursor: null });
    },
  ],
  [
    'GET',
    /^\/api\/sync\/runs$/,
    ({ state, url }) => {
      const storeId = url.searchParams.get('storeId');
      const runs = state.runs.map((run) => advance(state, run)).filter((run) => !storeId || run.storeId === storeId);
      return paged(
        runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
        url,
      );
    },
  ],
  [
    'GET',
    /^\/api\/sync\/runs\/([\w-]+)$/,
    ({ state, params }) => {
      const run = state.runs.find((one) => one.id === params[0]);
      if (!run) throw missing();
      return advance(state, run);
    },
  ],
  [
    'POST',
    /^\/api\/sync\/runs\/([\w-]+)\/cancel$/,
    ({ state, params }) => {
      const run = state.runs.find((one) => one.id === params[0]);
      if (!run) throw missing();
      return Object.assign(run, { status: 'CANCELLED', finishedAt: state.now().toISOString() });
    },
  ],
  [
    'GET',
    /^\/api\/orders$/,
    (request) => {
      const query = request.url.searchParams;
      const is = (name: string, value: unknown) => !query.has(name) || query.get(name) === String(value);
      const found = shopsOf(request)
        .flatMap((shop) => shop.orders)
        .filter(
          (order) => is('financialStatus', order.financialStatus) && is('fulfillmentStatus', order.fulfillmentStatus),
        )
        .filter(
          (order) =>
            is('customerId', order.customer?.id) &&
            is('cancelled', order.cancelledAt !== null) &&
            is('test', order.test),
        )
        .filter(
          (order) =>
            order.createdAt.slice(0, 10) >= (query.get('from') ?? '') &&
            order.createdAt.slice(0, 10) <= (query.get('to') ?? '9999'),
        )
        .filter((order) =>
          matches(
            query.get('q'),
            order.name,
            order.customer?.name,
            order.email,
            ...order.lines.map((line) => line.title),
          ),
        );
      const sort = query.get('sort') ?? '-createdAt';
      const sign = sort.startsWith('-') ? -1 : 1;
      found.sort(
        (a, b) =>
          sign *
          (sort.endsWith('total')
            ? compareDecimals(a.totalPrice, b.totalPrice)
            : a.createdAt.localeCompare(b.createdAt)),
      );
      return paged(found, request.url);
    },
  ],
  [
    'GET',
    /^\/api\/orders\/([\w-]+)$/,
    ({ state, params }) => {
      const order = state.shops.flatMap((shop) => shop.orders).find((one) => one.id === params[0]);
      if (!order) throw missing();
      return order;
    },
  ],
  [
    'POST',
    /^\/api\/orders\/([\w-]+)\/refresh$/,
    ({ state, params }) => state.shops.flatMap((shop) => shop.orders).find((one) => one.id === params[0]),
  ],
  [
    'GET',
    /^\/api\/orders\/([\w-]+)\/timeline$/,
    ({ state, params }) => {
      const order = state.shops.flatMap((shop) => shop.orders).find((one) => one.id === params[0]);
      if (!order) throw missing();
      const shopify = { kind: 'shopify', name: 'Shopify' };
      const entry = (id: string, action: string, summary: string, before: object | null, after: object | null) => ({
        id,
        at: order.createdAt,
        actor: shopify,
        action,
        summary,
        before,
        after,
      });
      const items = [
        ...(order.fulfillments.length
          ? [
              entry(
                'f',
                'order.fulfilled',
                'Fulfilled by Royal Mail',
                { fulfillmentStatus: 'UNFULFILLED' },
                { fulfillmentStatus: 'FULFILLED' },
              ),
            ]
          : []),
        entry('p', 'order.paid', 'Payment captured', { financialStatus: 'PENDING' }, { financialStatus: 'PAID' }),
        entry('c', 'order.created', `Order ${order.name} placed in the online shop`, null, null),
      ];
      return { items, nextCursor: null };
    },
  ],
  [
    'GET',
    /^\/api\/customers$/,
    (request) => {
      const query = request.url.searchParams;
      const found = shopsOf(request)
        .flatMap((shop) => shop.customers)
        .filter((one) => matches(query.get('q'), one.name, one.email));
      const sort = query.get('sort') ?? '-spent';
      found.sort((a, b) =>
        sort === 'name'
          ? (a.name ?? '').localeCompare(b.name ?? '')
          : sort === '-orders'
            ? b.ordersCount - a.ordersCount
            : sort === '-createdAt'
              ? b.createdAt.localeCompare(a.createdAt)
              : compareDecimals(b.totalSpent, a.totalSpent),
      );
      return paged(found, request.url);
    },
  ],
  [
    'GET',
    /^\/api\/customers\/([\w-]+)$/,
    ({ state, params }) => {
      const customer = state.shops.flatMap((shop) => shop.customers).find((one) => one.id === params[0]);
      if (!customer) throw missing();
      return customer;
    },
  ],
  [
    'GET',
    /^\/api\/products$/,
    (request) => {
      const query = request.url.searchParams;
      const found = shopsOf(request)
        .flatMap((shop) => shop.products)
        .filter(
          (one) =>
            matches(query.get('q'), one.title, one.vendor) &&
            (!query.has('status') || one.status === query.get('status')),
        );
      const sort = query.get('sort') ?? 'title';
      found.sort((a, b) =>
        sort === 'title' ? a.title.localeCompare(b.title) : b.updatedAt.localeCompare(a.updatedAt),
      );
      return paged(found, request.url);
    },
  ],
  [
    'GET',
    /^\/api\/products\/([\w-]+)$/,
    ({ state, params }) => {
      const product = state.shops.flatMap((shop) => shop.products).find((one) => one.id === params[0]);
      if (!product) throw missing();
      return product;
    },
  ],
  [
    'GET',
    /^\/api\/analytics\/overview$/,
    (request) => {
      const scope = scopeOf(request);
      return overview(scope, scope.range, scope.previous, scope.timeZone);
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
        },
        { key: 'returns', text: 'Three refunds went out, £64.20 in all.', direction: 'down' },
        { key: 'product', text: '“Rabbit night light” sold 34 times, four times its usual day.', direction: 'up' },
      ],
    }),
  ],
  ['GET', /^\/api\/analytics\/definitions$/, () => ({ items: [] })],
];

function erasure(id: string, requestedAt: Date, subject: string) {
  const done = Date.now() - requestedAt.getTime() > 2000;
  const rooms = ['commerce', 'insights', 'audit', 'connections'].map((room, index) => ({
    room,
    status: done || index < 1 ? 'DONE' : 'RUNNING',
    erased: done ? 4210 - index * 900 : 0,
  }));
  return {
    id,
    subject,
    status: done ? 'DONE' : 'RUNNING',
    rooms,
    requestedAt: requestedAt.toISOString(),
    finishedAt: done ? new Date().toISOString() : null,
  };
}
