import { describe, expect, it } from 'vitest';
import type { Store } from '~/api/types';
import { buildState } from '~/test/fake/state';
import { connectErrorWords, farewellWords, leavingWords, minutesBehind, shopDomain, storeHealth } from './model';

const NOW = new Date('2026-03-10T12:00:00Z');
const base = buildState({ now: NOW, days: 1, perDay: 1 }).shops[0]?.store as Store;
const store = (over: Partial<Store>): Store => ({ ...base, ...over });

describe('shopDomain', () => {
  it.each([
    ['my-shop', 'my-shop.myshopify.com'],
    [' My-Shop.MyShopify.com ', 'my-shop.myshopify.com'],
    ['https://my-shop.myshopify.com/admin?x=1', 'my-shop.myshopify.com'],
    ['https://admin.shopify.com/store/my-shop/orders', 'my-shop.myshopify.com'],
  ])('%s', (typed, domain) => expect(shopDomain(typed)).toBe(domain));

  it.each(['', 'my shop', 'shop.example.com', '-x', 'a_b', 'https://evil.test/my-shop.myshopify.com'])(
    'refuses %s',
    (typed) => expect(shopDomain(typed)).toBeNull(),
  );
});

describe('a store’s health', () => {
  it('says what is wrong, worst first', () => {
    expect(storeHealth(store({})).tone).toBe('good');
    expect(storeHealth(store({ status: 'NEEDS_RECONNECT', syncPaused: true })).label).toBe('Reconnect');
    expect(storeHealth(store({ status: 'PAUSED' })).advice).toContain('frozen');
    expect(storeHealth(store({ syncPaused: true })).label).toBe('Paused');
    expect(storeHealth(store({ lastSyncAt: null })).label).toBe('Importing');
    expect(storeHealth(store({ lastSyncStatus: 'FAILED' })).tone).toBe('warn');
  });

  it('names the access that was not granted, and what it costs', () => {
    const health = storeHealth(store({ scopes: ['read_orders', 'read_products'], lastSyncStatus: 'PARTIAL' }));
    expect(health.label).toBe('Access missing');
    expect(health.advice).toBe(
      'The shop does not let us read customers, and orders not without them. Grant read_customers, then connect it again.',
    );
    expect(storeHealth(store({ scopes: ['read_customers'] })).advice).toContain('read orders and products. Grant');
  });

  it('is behind only when its own rhythm is missed', () => {
    const at = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
    expect(minutesBehind(store({ lastSyncAt: at(6), nextSyncAt: at(1), syncIntervalMinutes: 5 }), NOW)).toBe(0);
    expect(minutesBehind(store({ lastSyncAt: at(22), nextSyncAt: at(17), syncIntervalMinutes: 5 }), NOW)).toBe(22);
    expect(minutesBehind(store({ lastSyncAt: at(22), nextSyncAt: at(17), syncPaused: true }), NOW)).toBe(0);
  });
});

it('a failed connection is always put in words', () => {
  expect(connectErrorWords('SHOP_TAKEN')).toContain('another Storekeep account');
  expect(connectErrorWords('NEVER_SEEN')).toContain('Nothing was changed');
});

it('disconnecting says what becomes of the app in Shopify', () => {
  expect(leavingWords({ connectedVia: 'OAUTH' })).toMatch(/app is removed from the shop/);
  expect(leavingWords({ connectedVia: 'CUSTOM_APP' })).toMatch(/custom app stays in Shopify: remove it there/);
  expect(farewellWords({ status: 'FAILED' })).toMatch(/Uninstall it in the Shopify admin/);
});
