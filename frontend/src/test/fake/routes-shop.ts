/** The stand-in's stores, sync runs, orders, customers and products. */
import { compareDecimals } from '../../lib/decimal.ts';
import { FakeAnswer, FakeFailure, type FakeRequest, type FakeRoute } from './answers.ts';
import { matches, paged } from './paging.ts';
import { analyticsRoutes, shopsOf } from './routes-analytics.ts';
import { buildShop } from './shop.ts';
import { advance, newRun } from './state.ts';

const missing = () => new FakeFailure(404, 'NOT_FOUND', 'There is no such thing here.');

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
        amount: null,
        currency: null,
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
  ...analyticsRoutes,
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
    farewells: [],
    requestedAt: requestedAt.toISOString(),
    finishedAt: done ? new Date().toISOString() : null,
  };
}
