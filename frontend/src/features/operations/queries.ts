/** What is read about jobs. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { JobState } from '~/api/types';

export interface JobFilters {
  state?: JobState;
}

export const jobKeys = {
  all: (tenantId: string) => [tenantId, 'jobs'] as const,
  list: (tenantId: string, filters: JobFilters) => [...jobKeys.all(tenantId), 'list', filters] as const,
};

export const jobListQuery = (tenantId: string, filters: JobFilters) =>
  infiniteQueryOptions({
    queryKey: jobKeys.list(tenantId, filters),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) };
      return take(api.GET('/api/jobs', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? 10_000 : false),
  });
