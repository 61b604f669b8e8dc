/** Who is signed in, for every feature: the tenant (first part of each query key), the role and what it allows. */
import { createContext, use, useMemo, type PropsWithChildren } from 'react';
import type { Role, Session } from './types';

export interface SessionAccess {
  session: Session;
  tenantId: string;
  role: Role;
  can: (permission: string) => boolean;
}

const SessionContext = createContext<SessionAccess | null>(null);

export function SessionProvider({ session, children }: PropsWithChildren<{ session: Session }>) {
  const access = useMemo<SessionAccess>(() => {
    const held = new Set(session.permissions);
    return {
      session,
      tenantId: session.tenant.id,
      role: session.role,
      can: (permission) => held.has(permission),
    };
  }, [session]);
  return <SessionContext value={access}>{children}</SessionContext>;
}

export function useSession(): SessionAccess {
  const access = use(SessionContext);
  if (!access) throw new Error('useSession needs a signed-in page around it');
  return access;
}
