/** A part of the product that a role does not see: who does, and who could change that. Nothing failed, and nothing is asked. */
import { IconLock } from '@tabler/icons-react';
import { useSession } from '~/api/session';
import { EmptyState } from './empty-state';

interface NotForRoleProps {
  /** Who sees what: "Owners and admins see the audit log". */
  title: string;
}

export function NotForRole({ title }: NotForRoleProps) {
  const { session, role } = useSession();
  return (
    <EmptyState icon={<IconLock size={28} stroke={1.5} />} title={title}>
      You are {/^[aeiou]/.test(role) ? 'an' : 'a'} {role} of {session.tenant.name}; an owner or admin can change your
      role under Settings, Members.
    </EmptyState>
  );
}
