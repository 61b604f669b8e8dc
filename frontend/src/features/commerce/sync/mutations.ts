/** Starting and stopping sync runs. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { useSession } from '~/api/session';
import { syncKeys } from './queries';

export function useStartSync() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (storeId: string | undefined) => take(api.POST('/api/sync', { body: storeId ? { storeId } : {} })),
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
