/** What is read about orders. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { OrderListParams } from '~/api/types';

export type OrderFilters = Omit<OrderListParams, 'limit' | 'cursor'>;

export const ORDERS_A_PAGE = 100;

export const orderKeys = {
  all: (tenantId: string) => [tenantId, 'orders'] as const,
  list: (tenantId: string, filters: OrderFilters) => [...orderKeys.all(tenantId), 'list', filters] as const,
  found: (tenantId: string, q: string) => [...orderKeys.all(tenantId), 'found', q] as const,
  detail: (tenantId: string, orderId: string) => [...orderKeys.all(tenantId), 'detail', orderId] as const,
  timeline: (tenantId: string, orderId: string) => [...orderKeys.all(tenantId), 'timeline', orderId] as const,
};

export const orderListQuery = (tenantId: string, filters: OrderFilters) =>
  infiniteQueryOptions({
    queryKey: orderKeys.list(tenantId, filters),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: ORDERS_A_PAGE, ...(pageParam ? { cursor: pageParam } : {}) };
      return take(api.GET('/api/orders', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The first few that match, for the palette. */
export const orderFindQuery = (tenantId: string, q: string) =>
  queryOptions({
    queryKey: orderKeys.found(tenantId, q),
    queryFn: ({ signal }) => take(api.GET('/api/orders', { params: { query: { q, limit: 5 } }, signal })),
    enabled: q.length > 1,
  });

export const orderQuery = (tenantId: string, orderId: string) =>
  queryOptions({
    queryKey: orderKeys.detail(tenantId, orderId),
    queryFn: ({ signal }) =>
      take(api.GET('/api/orders/{order_id}', { params: { path: { order_id: orderId } }, signal })),
  });

export const orderTimelineQuery = (tenantId: string, orderId: string) =>
  queryOptions({
    queryKey: orderKeys.timeline(tenantId, orderId),
    queryFn: ({ signal }) =>
      take(api.GET('/api/orders/{order_id}/timeline', { params: { path: { order_id: orderId } }, signal })),
  });
