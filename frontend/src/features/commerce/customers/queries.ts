/** What is read about customers. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';

export interface CustomerFilters {
  storeId?: string;
  q?: string;
  currency?: string;
  sort?: string;
}

export const customerKeys = {
  all: (tenantId: string) => [tenantId, 'customers'] as const,
  list: (tenantId: string, filters: CustomerFilters) => [...customerKeys.all(tenantId), 'list', filters] as const,
  found: (tenantId: string, q: string) => [...customerKeys.all(tenantId), 'found', q] as const,
  detail: (tenantId: string, customerId: string) => [...customerKeys.all(tenantId), 'detail', customerId] as const,
};

export const customerListQuery = (tenantId: string, filters: CustomerFilters) =>
  infiniteQueryOptions({
    queryKey: customerKeys.list(tenantId, filters),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) };
      return take(api.GET('/api/customers', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The first few that match, for the palette. */
export const customerFindQuery = (tenantId: string, q: string) =>
  queryOptions({
    queryKey: customerKeys.found(tenantId, q),
    queryFn: ({ signal }) => take(api.GET('/api/customers', { params: { query: { q, limit: 5 } }, signal })),
    enabled: q.length > 1,
  });

export const customerQuery = (tenantId: string, customerId: string) =>
  queryOptions({
    queryKey: customerKeys.detail(tenantId, customerId),
    queryFn: ({ signal }) =>
      take(api.GET('/api/customers/{customer_id}', { params: { path: { customer_id: customerId } }, signal })),
  });
