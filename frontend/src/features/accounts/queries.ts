/** What is read about people and tenants. */
import { queryOptions } from '@tanstack/react-query';
import { api, take } from '~/api/client';

/** Asked before a tenant is known, so these two alone have no tenant in their key. */
export const metaQuery = () =>
  queryOptions({
    queryKey: ['meta'],
    queryFn: ({ signal }) => take(api.GET('/api/meta', { signal })),
    staleTime: Infinity,
  });

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => take(api.GET('/api/auth/session', { signal })),
    staleTime: 5 * 60_000,
  });

export const accountKeys = {
  all: (tenantId: string) => [tenantId, 'account'] as const,
  tenant: (tenantId: string) => [...accountKeys.all(tenantId), 'tenant'] as const,
  members: (tenantId: string) => [...accountKeys.all(tenantId), 'members'] as const,
  sessions: (tenantId: string) => [...accountKeys.all(tenantId), 'sessions'] as const,
};

export const tenantQuery = (tenantId: string) =>
  queryOptions({
    queryKey: accountKeys.tenant(tenantId),
    queryFn: ({ signal }) => take(api.GET('/api/tenant', { signal })),
  });

export const membersQuery = (tenantId: string) =>
  queryOptions({
    queryKey: accountKeys.members(tenantId),
    queryFn: ({ signal }) => take(api.GET('/api/members', { signal })),
  });

export const sessionsQuery = (tenantId: string) =>
  queryOptions({
    queryKey: accountKeys.sessions(tenantId),
    queryFn: ({ signal }) => take(api.GET('/api/auth/sessions', { signal })),
  });
