/** The frame of the operations pages: sync runs and jobs side by side. */
import type { ReactNode } from 'react';
import { useSession } from '~/api/session';
import { Page } from '~/patterns/page';
import { StoreScopeChip } from '~/patterns/store-scope';
import { TabLinks } from '~/patterns/tab-links';

const RUNS = { to: '/operations/runs', label: 'Sync runs' } as const;
const JOBS = { to: '/operations/jobs', label: 'Jobs' } as const;

export function OperationsPage({ children }: { children: ReactNode }) {
  const { can } = useSession();
  return (
    <Page title="Operations" scope={<StoreScopeChip />} body="fill">
      <TabLinks label="Operations" tabs={can('job:read') ? [RUNS, JOBS] : [RUNS]} />
      {children}
    </Page>
  );
}
