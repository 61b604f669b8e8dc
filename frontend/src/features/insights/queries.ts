/** What is read about figures. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { Compare } from '~/lib/date-range';

export interface InsightScope {
  storeId?: string;
  currency?: string;
}

export interface InsightRange extends InsightScope {
  from: string;
  to: string;
}

export interface ComparedRange extends InsightRange {
  compare: Compare;
}

export const insightKeys = {
  all: (tenantId: string) => [tenantId, 'insights'] as const,
  part: (tenantId: string, part: string, params: object) => [...insightKeys.all(tenantId), part, params] as const,
};

export const overviewQuery = (tenantId: string, params: ComparedRange) =>
  queryOptions({
    queryKey: insightKeys.part(tenantId, 'overview', params),
    queryFn: ({ signal }) => take(api.GET('/api/analytics/overview', { params: { query: params }, signal })),
    placeholderData: keepPreviousData,
  });

export const timeseriesQuery = (tenantId: string, params: ComparedRange & { interval: 'day' | 'week' | 'month' }) =>
  queryOptions({
    queryKey: insightKeys.part(tenantId, 'timeseries', params),
    queryFn: ({ signal }) => take(api.GET('/api/analytics/timeseries', { params: { query: params }, signal })),
    placeholderData: keepPreviousData,
  });

export const topProductsQuery = (tenantId: string, params: InsightRange) =>
  queryOptions({
    queryKey: insightKeys.part(tenantId, 'top-products', params),
    queryFn: ({ signal }) =>
      take(api.GET('/api/analytics/top-products', { params: { query: { ...params, limit: 5 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const topCustomersQuery = (tenantId: string, params: InsightScope) =>
  queryOptions({
    queryKey: insightKeys.part(tenantId, 'top-customers', params),
    queryFn: ({ signal }) =>
      take(api.GET('/api/analytics/top-customers', { params: { query: { ...params, limit: 5 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const periodsQuery = (tenantId: string, params: InsightScope) =>
  queryOptions({
    queryKey: insightKeys.part(tenantId, 'periods', params),
    queryFn: ({ signal }) => take(api.GET('/api/analytics/periods', { params: { query: params }, signal })),
    placeholderData: keepPreviousData,
  });

export const changesQuery = (tenantId: string, params: InsightScope) =>
  queryOptions({
    queryKey: insightKeys.part(tenantId, 'changes', params),
    queryFn: ({ signal }) => take(api.GET('/api/analytics/changes', { params: { query: params }, signal })),
    placeholderData: keepPreviousData,
  });
