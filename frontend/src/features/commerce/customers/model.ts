/** What the customers page keeps in its address, and what to call a customer. Pure. */
import { compact, currencyCode, oneOf, text, type RawSearch } from '~/lib/url-state';

export const CUSTOMER_SORTS = ['-spent', '-orders', '-createdAt', 'createdAt', 'name', '-name'] as const;
export const DEFAULT_CUSTOMER_SORT = '-spent';

export interface CustomerSearch {
  q?: string;
  sort?: (typeof CUSTOMER_SORTS)[number];
  /** The currency of the sales; without it, the one most orders are in. */
  currency?: string;
}

/** A shop may know neither a name nor an e-mail address. */
export function customerName(customer: { name: string | null; email: string | null }): string {
  return customer.name ?? customer.email ?? 'No name';
}

export function readCustomerSearch(raw: RawSearch): CustomerSearch {
  return compact({ q: text(raw.q), sort: oneOf(raw.sort, CUSTOMER_SORTS), currency: currencyCode(raw.currency) });
}
