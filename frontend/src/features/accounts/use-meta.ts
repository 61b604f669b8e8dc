/** What kind of installation this is. */
import { useQuery } from '@tanstack/react-query';
import { metaQuery } from './queries';

/** The demo's shops are not in the real Shopify, so links there would lead nowhere. */
export function useLinksToShopify(): boolean {
  const meta = useQuery(metaQuery());
  return meta.data !== undefined && meta.data.environment !== 'embedded';
}
