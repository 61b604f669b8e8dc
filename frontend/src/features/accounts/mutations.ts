/** What can be changed about people and tenants. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, setPageOf, take } from '~/api/client';
import { useSession } from '~/api/session';
import { tellTabs } from '~/api/session-news';
import type { Role, Session } from '~/api/types';
import { accountKeys, sessionQuery } from './queries';

export interface SignUpForm {
  name: string;
  email: string;
  password: string;
  tenantName: string;
}

/**
 * Another tenant's answers must not be seen by the next: the cache starts empty with every new session. Not where the same person
 * signs in to the same tenant again: what is on the page then would wait for ever for answers that the cache has forgotten.
 */
function useNewSession() {
  const queryClient = useQueryClient();
  return (session: Session) => {
    const { queryKey } = sessionQuery();
    const before = queryClient.getQueryData(queryKey);
    const same = before?.user.id === session.user.id && before.tenant.id === session.tenant.id;
    if (!same) queryClient.clear();
    setPageOf(session);
    queryClient.setQueryData(queryKey, session);
    tellTabs({ kind: 'entered' });
    if (same) void queryClient.invalidateQueries();
  };
}

export function useSignIn() {
  const onSuccess = useNewSession();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => take(api.POST('/api/auth/login', { body })),
    onSuccess,
  });
}

export function useSignUp() {
  const onSuccess = useNewSession();
  return useMutation({
    mutationFn: (body: SignUpForm) => take(api.POST('/api/auth/signup', { body })),
    onSuccess,
  });
}

export function useSwitchTenant() {
  const onSuccess = useNewSession();
  return useMutation({
    mutationFn: (tenantId: string) => take(api.POST('/api/auth/switch', { body: { tenantId } })),
    onSuccess,
  });
}

export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.POST('/api/auth/logout')),
    onSuccess: () => {
      setPageOf(null);
      queryClient.clear();
      tellTabs({ kind: 'left', notice: 'ended' });
    },
  });
}

export function useUpdateProfile() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => take(api.PATCH('/api/auth/profile', { body: { name } })),
    onSuccess: (session) => queryClient.setQueryData(sessionQuery().queryKey, session),
  });
}

export function useChangePassword() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) =>
      take(api.POST('/api/auth/password', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: accountKeys.sessions(tenantId) }),
  });
}

/** Ends one other session, or all others. */
export function useEndSessions() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (sessionId: string | 'others') =>
      sessionId === 'others'
        ? take(api.DELETE('/api/auth/sessions'))
        : take(api.DELETE('/api/auth/sessions/{session_id}', { params: { path: { session_id: sessionId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: accountKeys.sessions(tenantId) }),
  });
}

export function useRenameTenant() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (name: string) => take(api.PATCH('/api/tenant', { body: { name } })),
    onSuccess: async (tenant) => {
      queryClient.setQueryData(accountKeys.tenant(tenantId), tenant);
      await queryClient.invalidateQueries({ queryKey: sessionQuery().queryKey });
    },
  });
}

export function useDeleteTenant() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (confirmName: string) => take(api.DELETE('/api/tenant', { body: { confirmName } })),
    onSuccess: () => {
      setPageOf(null);
      queryClient.clear();
      tellTabs({ kind: 'left', notice: 'deleted' });
    },
  });
}

export function useChangeRole() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: ({ memberId, role }: { memberId: string; role: Role }) =>
      take(api.PATCH('/api/members/{member_id}', { params: { path: { member_id: memberId } }, body: { role } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: accountKeys.members(tenantId) }),
  });
}

export function useRemoveMember() {
  const queryClient = useQueryClient();
  const { tenantId } = useSession();
  return useMutation({
    mutationFn: (memberId: string) =>
      take(api.DELETE('/api/members/{member_id}', { params: { path: { member_id: memberId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: accountKeys.members(tenantId) }),
  });
}
