/** What is read about products. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';

export interface ProductFilters {
  storeId?: string;
  q?: string;
  status?: string;
  sort?: string;
}

export const productKeys = {
  all: (tenantId: string) => [tenantId, 'products'] as const,
  list: (tenantId: string, filters: ProductFilters) => [...productKeys.all(tenantId), 'list', filters] as const,
  found: (tenantId: string, q: string) => [...productKeys.all(tenantId), 'found', q] as const,
  detail: (tenantId: string, productId: string) => [...productKeys.all(tenantId), 'detail', productId] as const,
};

export const productListQuery = (tenantId: string, filters: ProductFilters) =>
  infiniteQueryOptions({
    queryKey: productKeys.list(tenantId, filters),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) };
      return take(api.GET('/api/products', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The first few that match, for the palette. */
export const productFindQuery = (tenantId: string, q: string) =>
  queryOptions({
    queryKey: productKeys.found(tenantId, q),
    queryFn: ({ signal }) => take(api.GET('/api/products', { params: { query: { q, limit: 5 } }, signal })),
    enabled: q.length > 1,
  });

export const productQuery = (tenantId: string, productId: string) =>
  queryOptions({
    queryKey: productKeys.detail(tenantId, productId),
    queryFn: ({ signal }) =>
      take(api.GET('/api/products/{product_id}', { params: { path: { product_id: productId } }, signal })),
  });
