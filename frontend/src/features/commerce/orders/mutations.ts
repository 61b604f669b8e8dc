/** What can be done with an order. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { useSession } from '~/api/session';
import { orderKeys } from './queries';

/** Reads the order again from Shopify, now. */
export function useRefreshOrder(orderId: string) {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: () => take(api.POST('/api/orders/{order_id}/refresh', { params: { path: { order_id: orderId } } })),
    onSuccess: (order) => {
      queryClient.setQueryData(orderKeys.detail(tenantId, orderId), order);
      return queryClient.invalidateQueries({ queryKey: orderKeys.timeline(tenantId, orderId) });
    },
  });
}
