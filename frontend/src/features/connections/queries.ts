/** What is read about stores. */
import { queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { pollUnlessLive } from '~/api/live';

export const storeKeys = {
  all: (tenantId: string) => [tenantId, 'stores'] as const,
  list: (tenantId: string) => [...storeKeys.all(tenantId), 'list'] as const,
  erasure: (tenantId: string, erasureId: string) => [tenantId, 'erasures', erasureId] as const,
};

export const storesQuery = (tenantId: string) =>
  queryOptions({
    queryKey: storeKeys.list(tenantId),
    queryFn: ({ signal }) => take(api.GET('/api/stores', { signal })),
    refetchInterval: pollUnlessLive(30_000),
  });

export const erasureQuery = (tenantId: string, erasureId: string) =>
  queryOptions({
    queryKey: storeKeys.erasure(tenantId, erasureId),
    queryFn: ({ signal }) =>
      take(api.GET('/api/erasures/{erasure_id}', { params: { path: { erasure_id: erasureId } }, signal })),
    refetchInterval: (query) => (query.state.data?.status === 'DONE' ? false : 1500),
  });
