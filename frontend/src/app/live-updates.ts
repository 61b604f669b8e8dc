/** Which cached answers an event makes old. Bursts are gathered, so that an import does not refetch a page a hundred times. */
import { useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect } from 'react';
import { live } from '~/api/live';
import { customerKeys } from '~/features/commerce/customers/queries';
import { orderKeys } from '~/features/commerce/orders/queries';
import { productKeys } from '~/features/commerce/products/queries';
import { syncKeys } from '~/features/commerce/sync/queries';
import { storeKeys } from '~/features/connections/queries';
import { insightKeys } from '~/features/insights/queries';
import { isLongList } from './query-client';

const SOON_MS: Record<string, number> = { 'sync.progress': 400, 'data.changed': 3000 };
const DEFAULT_SOON_MS = 150;

/** The key prefixes an event touches. */
export function touchedBy(type: string, tenantId: string, missed = false): QueryKey[] {
  const data = [orderKeys.all, customerKeys.all, productKeys.all, insightKeys.all].map((all) => all(tenantId));
  switch (type) {
    case 'sync.progress':
      return [syncKeys.all(tenantId)];
    case 'sync.finished':
      return [syncKeys.all(tenantId), storeKeys.all(tenantId), ...data];
    case 'store.changed':
      return [storeKeys.all(tenantId)];
    case 'data.changed':
      return [storeKeys.all(tenantId), ...(missed ? [syncKeys.all(tenantId)] : []), ...data];
    default:
      return [];
  }
}

function refresh(queryClient: QueryClient, queryKey: QueryKey): void {
  void queryClient.invalidateQueries({ queryKey, refetchType: 'none' });
  void queryClient.refetchQueries({ queryKey, type: 'active', predicate: (query) => !isLongList(query) });
}

/** `pageOf`: whose the page is (api/client.ts). */
export function useLiveUpdates(tenantId: string, pageOf: string): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const due = new Map<string, ReturnType<typeof setTimeout>>();
    const stopListening = live.listen(({ type, data }) => {
      if (due.has(type)) return;
      const fire = () => {
        due.delete(type);
        for (const key of touchedBy(type, tenantId, data.missed === true)) refresh(queryClient, key);
      };
      due.set(type, setTimeout(fire, SOON_MS[type] ?? DEFAULT_SOON_MS));
    });
    live.start(pageOf);
    return () => {
      stopListening();
      live.stop();
      for (const timer of due.values()) clearTimeout(timer);
    };
  }, [queryClient, tenantId, pageOf]);
}
