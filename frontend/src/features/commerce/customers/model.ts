/** What the customers page keeps in its address. Pure. */
import { compact, oneOf, text, type RawSearch } from '~/lib/url-state';

export const CUSTOMER_SORTS = ['-spent', '-orders', '-createdAt', 'name'] as const;
export const DEFAULT_CUSTOMER_SORT = '-spent';

export interface CustomerSearch {
  q?: string;
  sort?: (typeof CUSTOMER_SORTS)[number];
}

export function readCustomerSearch(raw: RawSearch): CustomerSearch {
  return compact({ q: text(raw.q), sort: oneOf(raw.sort, CUSTOMER_SORTS) });
}
