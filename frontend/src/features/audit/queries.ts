/** What is read from the audit log. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { AuditParams } from '~/api/types';

export type AuditFilters = Omit<AuditParams, 'limit' | 'cursor'>;

export const auditKeys = {
  all: (tenantId: string) => [tenantId, 'audit'] as const,
  list: (tenantId: string, filters: AuditFilters) => [...auditKeys.all(tenantId), 'list', filters] as const,
};

export const auditQuery = (tenantId: string, filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: auditKeys.list(tenantId, filters),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
      return take(api.GET('/api/audit', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });
