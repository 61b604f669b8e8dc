/** The frame of all settings: what there is to set on the left, the chosen part beside it. */
import type { ReactNode } from 'react';
import { useSession } from '~/api/session';
import { Page } from '~/patterns/page';
import { TabLinks } from '~/patterns/tab-links';
import classes from './settings-layout.module.css';

const TABS = [
  { to: '/settings/stores', label: 'Stores' },
  { to: '/settings/members', label: 'Members' },
  { to: '/settings/tenant', label: 'Tenant' },
  { to: '/settings/profile', label: 'Profile and sessions' },
] as const;
const AUDIT = { to: '/settings/audit', label: 'Audit log' } as const;

export function SettingsLayout({ children }: { children: ReactNode }) {
  const { can } = useSession();
  return (
    <Page title="Settings" body="fill">
      <TabLinks label="Settings" tabs={can('audit:read') ? [...TABS, AUDIT] : TABS} />
      <div className={classes.scroll}>
        <div className={classes.body}>{children}</div>
      </div>
    </Page>
  );
}
