/** What the products page keeps in its address, and what a product's states mean. Pure. */
import { compact, oneOf, text, type RawSearch } from '~/lib/url-state';
import type { Tone } from '~/ui/state-badge';

export const PRODUCT_SORTS = ['title', '-title', '-createdAt', 'createdAt', '-updatedAt', 'updatedAt'] as const;
export const DEFAULT_PRODUCT_SORT = 'title';

export const PRODUCT_STATUS: Record<string, Tone> = { ACTIVE: 'good', DRAFT: 'open', ARCHIVED: 'neutral' };

export interface ProductSearch {
  q?: string;
  status?: string;
  sort?: (typeof PRODUCT_SORTS)[number];
}

export function readProductSearch(raw: RawSearch): ProductSearch {
  return compact({ q: text(raw.q), status: text(raw.status, 40), sort: oneOf(raw.sort, PRODUCT_SORTS) });
}

/** "Out of stock", "12 in stock", "Not tracked". */
export function stockWords(inventory: number | null): string {
  if (inventory === null) return 'Not tracked';
  return inventory > 0 ? `${inventory} in stock` : 'Out of stock';
}

/** Shopify's name for the one variant of a product without options says nothing. */
export function variantName(title: string): string {
  return title === 'Default Title' ? 'Only variant' : title;
}
