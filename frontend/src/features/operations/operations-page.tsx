/** The frame of the operations pages: sync runs and jobs side by side. */
import type { ReactNode } from 'react';
import { Page } from '~/patterns/page';
import { StoreScopeChip } from '~/patterns/store-scope';
import { TabLinks } from '~/patterns/tab-links';

export function OperationsPage({ children }: { children: ReactNode }) {
  return (
    <Page title="Operations" scope={<StoreScopeChip />} body="fill">
      <TabLinks
        label="Operations"
        tabs={[
          { to: '/operations/runs', label: 'Sync runs' },
          { to: '/operations/jobs', label: 'Jobs' },
        ]}
      />
      {children}
    </Page>
  );
}
