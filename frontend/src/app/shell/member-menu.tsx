/** Who is signed in, in which tenant; switching tenant, and signing out. */
import { Menu, Tooltip } from '@mantine/core';
import { IconBuilding, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { live } from '~/api/live';
import { useSession } from '~/api/session';
import { useSignOut, useSwitchTenant } from '~/features/accounts/mutations';
import { humanise, initials } from '~/lib/format';
import { tell, tellProblem } from '~/patterns/notice';
import { MenuChoice } from '~/ui/menu-choice';
import classes from './frame.module.css';

export function MemberMenu() {
  const { session } = useSession();
  return (
    <Menu position="right-end" width={260}>
      <Menu.Target>
        <Tooltip label={session.user.name} position="right">
          <button
            type="button"
            className={classes.avatar}
            aria-label={`${initials(session.user.name)}, account of ${session.user.name}`}
          >
            {initials(session.user.name)}
          </button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <MemberItems />
      </Menu.Dropdown>
    </Menu>
  );
}

export function MemberItems() {
  const { session, role } = useSession();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const switchTenant = useSwitchTenant();
  const leave = () =>
    signOut.mutate(undefined, {
      onSuccess: () => {
        live.stop();
        void navigate({ to: '/sign-in', search: {} });
      },
      onError: tellProblem,
    });
  const moveTo = (tenantId: string) =>
    switchTenant.mutate(tenantId, {
      onSuccess: (next) => {
        tell(`You are in ${next.tenant.name} now.`);
        void navigate({ to: '/insights', search: { store: undefined } });
      },
      onError: tellProblem,
    });
  return (
    <>
      <div className={classes.who}>
        <strong>{session.user.name}</strong>
        <span>{session.user.email}</span>
        <span>
          {humanise(role)} of {session.tenant.name}
        </span>
      </div>
      <Menu.Divider />
      {session.tenants.length > 1 && (
        <>
          <Menu.Label>Tenants</Menu.Label>
          {session.tenants.map((tenant) => (
            <MenuChoice
              key={tenant.id}
              value={tenant.id}
              checked={tenant.id === session.tenant.id}
              icon={<IconBuilding size={16} stroke={1.75} />}
              onChoose={() => tenant.id !== session.tenant.id && moveTo(tenant.id)}
            >
              {tenant.name}
            </MenuChoice>
          ))}
          <Menu.Divider />
        </>
      )}
      <Menu.Item leftSection={<IconUserCircle size={16} />} onClick={() => void navigate({ to: '/settings/profile' })}>
        Profile and sessions
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
        Sign out
      </Menu.Item>
    </>
  );
}
