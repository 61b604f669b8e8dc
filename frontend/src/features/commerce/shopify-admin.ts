/** Where a record is in the shop's own admin. Pure. */

export type AdminKind = 'orders' | 'customers' | 'products';

export function shopifyAdminAddress(shop: string, kind: AdminKind, shopifyId: string): string {
  const handle = shop.replace(/\.myshopify\.com$/, '');
  return `https://admin.shopify.com/store/${handle}/${kind}/${shopifyId.split('/').at(-1) ?? shopifyId}`;
}
