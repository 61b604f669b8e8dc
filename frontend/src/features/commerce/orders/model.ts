/** Plain facts about orders: what their states mean, what the list can be asked. Pure. */
import type { TimelineItem } from '~/api/types';
import { setApart } from '~/lib/bidi';
import { actionWords, humanise } from '~/lib/format';
import { formatMoney } from '~/lib/money';
import { compact, flag, oneOf, text, uuid, type RawSearch } from '~/lib/url-state';
import { readRange, resolveRange, type Preset } from '~/lib/date-range';
import type { Tone } from '~/ui/state-badge';
import type { OrderFilters } from './queries';

export const FINANCIAL = {
  PAID: 'good',
  PENDING: 'warn',
  AUTHORIZED: 'open',
  PARTIALLY_PAID: 'warn',
  PARTIALLY_REFUNDED: 'neutral',
  REFUNDED: 'neutral',
  VOIDED: 'neutral',
  EXPIRED: 'bad',
} as const satisfies Record<string, Tone>;

export const FULFILLMENT = {
  FULFILLED: 'good',
  UNFULFILLED: 'open',
  PARTIALLY_FULFILLED: 'open',
  IN_PROGRESS: 'open',
  ON_HOLD: 'warn',
  SCHEDULED: 'open',
  RESTOCKED: 'neutral',
} as const satisfies Record<string, Tone>;

export interface StateWords {
  tone: Tone;
  label: string;
}

/** A state in words; one we have never heard of is shown as it is, without judgement. */
export function stateWords(table: Record<string, Tone>, code: string | null): StateWords | null {
  return code === null ? null : { tone: table[code] ?? 'neutral', label: humanise(code) };
}

/** A parcel's own state, where no carrier has said more. */
export const PARCEL: Record<string, Tone> = {
  SUCCESS: 'good',
  OPEN: 'open',
  PENDING: 'open',
  CANCELLED: 'neutral',
  ERROR: 'bad',
  FAILURE: 'bad',
};

export const SHIPMENT: Record<string, Tone> = {
  DELIVERED: 'good',
  IN_TRANSIT: 'busy',
  OUT_FOR_DELIVERY: 'busy',
  FAILURE: 'bad',
  ATTEMPTED_DELIVERY: 'warn',
};

export const ORDER_SORTS = ['-createdAt', 'createdAt', '-total', 'total', '-name', 'name'] as const;
export const DEFAULT_ORDER_SORT = '-createdAt';

/** What the orders page keeps in its address. */
export interface OrderSearch {
  q?: string;
  payment?: string;
  fulfilment?: string;
  customer?: string;
  cancelled?: boolean;
  test?: boolean;
  range?: Preset;
  from?: string;
  to?: string;
  sort?: (typeof ORDER_SORTS)[number];
}

export function readOrderSearch(raw: RawSearch): OrderSearch {
  return compact({
    q: text(raw.q),
    payment: text(raw.payment, 40),
    fulfilment: text(raw.fulfilment, 40),
    customer: uuid(raw.customer),
    cancelled: flag(raw.cancelled),
    test: flag(raw.test),
    ...readRange(raw),
    sort: oneOf(raw.sort, ORDER_SORTS),
  });
}

/** The days chosen, or null for any. */
export function orderDays(search: OrderSearch, today: string) {
  return search.range || search.from ? resolveRange(search, today) : null;
}

/** What the API is asked for an address. */
export function orderFilters(search: OrderSearch, storeId: string | undefined, today: string): OrderFilters {
  const days = orderDays(search, today);
  return compact({
    storeId,
    q: search.q,
    financialStatus: search.payment,
    fulfillmentStatus: search.fulfilment,
    customerId: search.customer,
    cancelled: search.cancelled,
    test: search.test,
    from: days?.from,
    to: days?.to,
    sort: search.sort ?? DEFAULT_ORDER_SORT,
  });
}

/** How many filters are on, the search apart; the two ends of a range are one. */
export function activeFilters(search: OrderSearch): number {
  const { payment, fulfilment, range, from, cancelled, test } = search;
  return [payment, fulfilment, range ?? from, cancelled, test].filter((one) => one !== undefined).length;
}

/** Which store is looked at is no filter: what clears filters keeps it. */
export function isFiltered(search: OrderSearch): boolean {
  return activeFilters(search) > 0 || search.q !== undefined || search.customer !== undefined;
}

/** What the page says itself, so that amounts are written here as all around; the API's words know no reader's locale. */
const WITH_AMOUNT: Record<string, (amount: string) => string> = {
  'order.placed': (amount) => `Order placed for ${amount}`,
  'order.refunded': (amount) => `Refunded ${amount}`,
};

export function eventWords(event: Pick<TimelineItem, 'action' | 'summary' | 'amount' | 'currency'>): string {
  const { action, summary, amount, currency } = event;
  const words = WITH_AMOUNT[action];
  if (words && amount && currency) return words(setApart(formatMoney(amount, currency)));
  return summary.trim() || actionWords(action);
}
