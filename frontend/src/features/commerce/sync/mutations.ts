/** Starting and stopping sync runs. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { useSession } from '~/api/session';
import { syncKeys } from './queries';

export interface SyncWish {
  /** One store; all without it. */
  storeId?: string | undefined;
  /** Read everything again and drop what no longer exists in Shopify. */
  full?: boolean;
}

export function useStartSync() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: ({ storeId, full = false }: SyncWish) =>
      take(api.POST('/api/sync', { body: { ...(storeId ? { storeId } : {}), full } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: syncKeys.all(tenantId) }),
  });
}

export function useCancelRun() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (runId: string) =>
      take(api.POST('/api/sync/runs/{run_id}/cancel', { params: { path: { run_id: runId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: syncKeys.all(tenantId) }),
  });
}
