/** A record in the shop's own admin, in a new tab. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useStores } from '~/api/stores';
import { shopifyAdminAddress, type AdminKind } from './shopify-admin';

interface OpenInShopifyProps {
  storeId: string;
  kind: AdminKind;
  shopifyId: string;
}

export function OpenInShopify({ storeId, kind, shopifyId }: OpenInShopifyProps) {
  const store = useStores().find(storeId);
  if (!store) return null;
  return (
    <Tooltip label="Open in Shopify">
      <ActionIcon
        component="a"
        aria-label="Open in Shopify"
        href={shopifyAdminAddress(store.shop, kind, shopifyId)}
        target="_blank"
        rel="noopener noreferrer"
      >
        <IconExternalLink size={18} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}
