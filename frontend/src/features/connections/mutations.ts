/** What can be changed about stores. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { useSession } from '~/api/session';
import { storeKeys } from './queries';

function useStoresChanged() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return () => queryClient.invalidateQueries({ queryKey: storeKeys.all(tenantId) });
}

export function useConnectWithToken() {
  const onSuccess = useStoresChanged();
  return useMutation({
    mutationFn: (body: { shop: string; accessToken: string }) => take(api.POST('/api/stores', { body })),
    onSuccess,
  });
}

export interface StoreChange {
  storeId: string;
  syncIntervalMinutes?: number;
  syncPaused?: boolean;
}

export function useUpdateStore() {
  const onSuccess = useStoresChanged();
  return useMutation({
    mutationFn: ({ storeId, ...body }: StoreChange) =>
      take(api.PATCH('/api/stores/{store_id}', { params: { path: { store_id: storeId } }, body })),
    onSuccess,
  });
}

export function useDisconnectStore() {
  const onSuccess = useStoresChanged();
  return useMutation({
    mutationFn: ({ storeId, confirmName }: { storeId: string; confirmName: string }) =>
      take(api.DELETE('/api/stores/{store_id}', { params: { path: { store_id: storeId } }, body: { confirmName } })),
    onSuccess,
  });
}
