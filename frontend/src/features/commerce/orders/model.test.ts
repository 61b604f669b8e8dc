import { describe, expect, it } from 'vitest';
import { shopifyAdminAddress } from '../shopify-admin';
import { formatMoney } from '~/lib/money';
import { activeFilters, eventWords, FINANCIAL, isFiltered, orderFilters, readOrderSearch, stateWords } from './model';

const STORE = '0b9ad7a4-0000-7000-a000-000000000001';

describe('the orders page’s address', () => {
  it('keeps what it knows and drops what it does not', () => {
    const search = readOrderSearch({
      q: ' 1001 ',
      payment: 'PAID',
      cancelled: 'false',
      sort: 'sideways',
      hack: '1',
      from: 'x',
    });
    expect(search).toEqual({ q: '1001', payment: 'PAID', cancelled: false });
    expect(isFiltered(search)).toBe(true);
    expect(isFiltered({ sort: 'total' })).toBe(false);
  });

  it('has no filter on where only a store is looked at', () => {
    const searched = { store: STORE, sort: 'total' as const };
    expect(isFiltered(searched)).toBe(false);
    expect(isFiltered({ ...searched, customer: STORE })).toBe(true);
    expect(isFiltered({ ...searched, cancelled: false })).toBe(true);
  });

  it.each([
    [{ from: '2026-01-01' }, {}],
    [{ to: '2026-01-01', range: '7d' }, { range: '7d' }],
    [{ from: '2026-01-05', to: '2026-01-02' }, {}],
    [
      { from: '2026-01-02', to: '2026-01-05', range: '7d' },
      { from: '2026-01-02', to: '2026-01-05' },
    ],
  ])('keeps the days it can show: %o', (typed, kept) => {
    expect(readOrderSearch(typed)).toEqual(kept);
    expect(activeFilters(readOrderSearch(typed))).toBe(Object.keys(kept).length > 0 ? 1 : 0);
  });

  it('becomes what the API is asked', () => {
    expect(orderFilters({}, undefined, '2026-03-10')).toEqual({ sort: '-createdAt' });
    expect(orderFilters({ range: '7d', fulfilment: 'FULFILLED', sort: '-total' }, STORE, '2026-03-10')).toEqual({
      storeId: STORE,
      fulfillmentStatus: 'FULFILLED',
      from: '2026-03-04',
      to: '2026-03-10',
      sort: '-total',
    });
  });
});

describe('an order', () => {
  it('has its state in words, known or not', () => {
    expect(stateWords(FINANCIAL, 'PARTIALLY_REFUNDED')).toEqual({ tone: 'neutral', label: 'Partially refunded' });
    expect(stateWords(FINANCIAL, 'SOMETHING_NEW')).toEqual({ tone: 'neutral', label: 'Something new' });
    expect(stateWords(FINANCIAL, null)).toBeNull();
  });

  it('is found in the shop’s own admin', () => {
    const address = 'https://admin.shopify.com/store/demo-store/orders/42';
    expect(shopifyAdminAddress('demo-store.myshopify.com', 'orders', '42')).toBe(address);
    expect(shopifyAdminAddress('demo-store.myshopify.com', 'orders', 'gid://shopify/Order/42')).toBe(address);
  });
});

it('filters that are on are counted, search and sort apart', () => {
  expect(activeFilters({ q: 'ada', sort: 'total' })).toBe(0);
  expect(activeFilters({ payment: 'PAID', cancelled: false, from: '2026-03-01', to: '2026-03-02' })).toBe(3);
});

describe('what happened to an order', () => {
  const event = { action: 'order.placed', summary: 'Order placed for ¥29,900', amount: '29900', currency: 'JPY' };

  it('has its amount in the notation of the page', () => {
    const amount = formatMoney('29900', 'JPY');
    expect(eventWords(event)).toBe(`Order placed for ${amount}`);
    expect(eventWords({ ...event, action: 'order.refunded' })).toBe(`Refunded ${amount}`);
  });

  it('is told in the API’s words where the page has none of its own', () => {
    const plain = { ...event, amount: null, currency: null };
    expect(eventWords({ ...plain, action: 'order.refunded', summary: 'Goods taken back' })).toBe('Goods taken back');
    expect(eventWords({ ...event, action: 'order.tipped', summary: 'Tipped' })).toBe('Tipped');
    expect(eventWords({ ...plain, summary: ' ' })).toBe('Order: placed');
  });
});
