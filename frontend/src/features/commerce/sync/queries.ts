/** What is read about sync runs. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { pollUnlessLive } from '~/api/live';
import { isGoing } from './model';

export const syncKeys = {
  all: (tenantId: string) => [tenantId, 'sync'] as const,
  list: (tenantId: string, storeId: string | undefined) =>
    [...syncKeys.all(tenantId), 'list', storeId ?? null] as const,
  latest: (tenantId: string, storeId: string) => [...syncKeys.all(tenantId), 'latest', storeId] as const,
  run: (tenantId: string, runId: string) => [...syncKeys.all(tenantId), 'run', runId] as const,
};

const whileGoing = pollUnlessLive(1500);

export const runListQuery = (tenantId: string, storeId: string | undefined) =>
  infiniteQueryOptions({
    queryKey: syncKeys.list(tenantId, storeId),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(storeId ? { storeId } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      return take(api.GET('/api/sync/runs', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) => (query.state.data?.pages[0]?.items.some(isGoing) ? whileGoing() : false),
  });

/** A store's newest runs: enough to find its first import. */
export const latestRunsQuery = (tenantId: string, storeId: string) =>
  queryOptions({
    queryKey: syncKeys.latest(tenantId, storeId),
    queryFn: ({ signal }) => take(api.GET('/api/sync/runs', { params: { query: { storeId, limit: 20 } }, signal })),
    refetchInterval: (query) => {
      const items = query.state.data?.items;
      return items === undefined || items.length === 0 || items.some(isGoing) ? whileGoing() : false;
    },
  });

export const runQuery = (tenantId: string, runId: string) =>
  queryOptions({
    queryKey: syncKeys.run(tenantId, runId),
    queryFn: ({ signal }) => take(api.GET('/api/sync/runs/{run_id}', { params: { path: { run_id: runId } }, signal })),
    refetchInterval: (query) => (query.state.data && isGoing(query.state.data) ? whileGoing() : false),
  });
