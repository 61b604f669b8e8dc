/** Plain facts about stores: names, health, and what went wrong while connecting. Pure. */
import type { Erasure, Store } from '~/api/types';
import type { Tone } from '~/ui/state-badge';

type Farewell = Erasure['farewells'][number];

const SUFFIX = '.myshopify.com';
const HANDLE = /^[a-z0-9][a-z0-9-]*$/;

/** "https://My-Shop.myshopify.com/admin" or "my-shop" → "my-shop.myshopify.com"; null when it cannot be a shop. */
export function shopDomain(typed: string): string | null {
  const text = typed.trim().toLowerCase();
  const admin = /^(?:https?:\/\/)?admin\.shopify\.com\/store\/([a-z0-9-]+)/.exec(text);
  const host = text.replace(/^https?:\/\//, '').replace(/[/?#].*$/, '');
  const handle = admin?.[1] ?? (host.endsWith(SUFFIX) ? host.slice(0, -SUFFIX.length) : host);
  return HANDLE.test(handle) ? `${handle}${SUFFIX}` : null;
}

export interface Health {
  tone: Tone;
  label: string;
  /** What it means and what to do; null when all is well. */
  advice: string | null;
}

const READ_SCOPES = { read_orders: 'orders', read_customers: 'customers', read_products: 'products' } as const;

/** What of a store the shop does not let us read, as scopes; orders name their customers and are not read without them either. */
export function missingScopes(store: Pick<Store, 'scopes'>): (keyof typeof READ_SCOPES)[] {
  return (Object.keys(READ_SCOPES) as (keyof typeof READ_SCOPES)[]).filter((scope) => !store.scopes.includes(scope));
}

function lackingAccess(missing: (keyof typeof READ_SCOPES)[]): Health {
  const list = new Intl.ListFormat('en', { type: 'conjunction' });
  const kinds = missing.map((scope) => READ_SCOPES[scope]);
  const also = kinds.includes('customers') && !kinds.includes('orders') ? ', and orders not without them' : '';
  return {
    tone: 'warn',
    label: 'Access missing',
    advice: `The shop does not let us read ${list.format(kinds)}${also}. Grant ${list.format(missing)}, then connect it again.`,
  };
}

/** How a store is, in one word and one sentence. */
export function storeHealth(store: Store): Health {
  switch (store.status) {
    case 'NEEDS_RECONNECT':
      return {
        tone: 'bad',
        label: 'Reconnect',
        advice:
          'Shopify no longer accepts our access. What is here stays; nothing new arrives until it is connected again.',
      };
    case 'DISCONNECTING':
      return { tone: 'busy', label: 'Disconnecting', advice: 'Its data is being erased.' };
    case 'PAUSED':
      return {
        tone: 'warn',
        label: 'Shop unavailable',
        advice: 'Shopify has frozen or locked this shop, so nothing new can be read. We look again every hour.',
      };
    case 'CONNECTED':
      break;
  }
  const missing = missingScopes(store);
  if (missing.length > 0) return lackingAccess(missing);
  if (store.syncPaused) {
    return { tone: 'neutral', label: 'Paused', advice: 'Scheduled syncs are paused. You can still sync by hand.' };
  }
  if (store.lastSyncAt === null) return { tone: 'busy', label: 'Importing', advice: null };
  if (store.lastSyncStatus === 'FAILED') {
    return { tone: 'warn', label: 'Last sync failed', advice: 'It is tried again at the next sync.' };
  }
  if (store.lastSyncStatus === 'PARTIAL') {
    return { tone: 'warn', label: 'Partly synced', advice: 'Some records could not be read; the run says which.' };
  }
  return { tone: 'good', label: 'Connected', advice: null };
}

/** Minutes a connected store is overdue beyond its own rhythm; 0 when it keeps time. */
export function minutesBehind(store: Store, now: Date): number {
  if (store.status !== 'CONNECTED' || store.syncPaused || !store.lastSyncAt || !store.nextSyncAt) return 0;
  const overdue = now.getTime() - new Date(store.nextSyncAt).getTime();
  if (overdue < Math.max(60_000, store.syncIntervalMinutes * 60_000)) return 0;
  return Math.floor((now.getTime() - new Date(store.lastSyncAt).getTime()) / 60_000);
}

export const INTERVALS = [1, 2, 5, 10, 15, 30, 60, 180, 360, 720, 1440] as const;

/** What disconnecting does at Shopify's side: an app the merchant agreed to is removed there, one made by hand is not. */
export function leavingWords(store: Pick<Store, 'connectedVia'>): string {
  return store.connectedVia === 'OAUTH'
    ? 'The Storekeep app is removed from the shop in Shopify too; its orders, customers and products there stay as they are.'
    : 'The custom app stays in Shopify: remove it there, under Settings, Apps, Develop apps. Nothing else is changed in Shopify.';
}

const FAREWELLS: Record<Farewell['status'], string> = {
  WAITING: 'Shopify was asked to remove the Storekeep app from the shop.',
  DONE: 'The Storekeep app was removed from the shop in Shopify.',
  FAILED: 'Shopify did not remove the Storekeep app. Uninstall it in the Shopify admin, under Settings, Apps.',
};

/** How the shop took leave of our app. */
export function farewellWords(farewell: Pick<Farewell, 'status'>): string {
  return FAREWELLS[farewell.status];
}

const CONNECT_ERRORS: Record<string, string> = {
  SHOPIFY_OAUTH_STATE_INVALID:
    'That connection was not started here, or took too long. Nothing was connected; start it again.',
  SHOPIFY_OAUTH_DENIED: 'Access was not granted in Shopify. Nothing was connected; you can start again.',
  SHOPIFY_HMAC_INVALID: 'The answer did not come from Shopify unchanged, so it was refused. Nothing was connected.',
  SHOP_TAKEN: 'This shop is already connected to another Storekeep account. Disconnect it there first.',
  SHOP_REPLACED:
    'This address now belongs to another shop than before. Disconnect the store first, then connect it anew.',
};

/** What to say when coming back from Shopify went wrong. */
export function connectErrorWords(code: string): string {
  return CONNECT_ERRORS[code] ?? 'The store could not be connected. Nothing was changed; you can start again.';
}

/** Where the browser goes to ask the merchant's consent. */
export function consentAddress(shop: string): string {
  return `/api/shopify/auth?shop=${encodeURIComponent(shop)}`;
}

const ROOMS: Record<string, string> = {
  commerce: 'Customers, orders and products',
  insights: 'Figures',
  audit: 'Personal details in the audit log',
  connections: 'Access to Shopify',
  operations: 'Jobs',
  accounts: 'Members and sessions',
};

export function roomName(room: string): string {
  return ROOMS[room] ?? room;
}
