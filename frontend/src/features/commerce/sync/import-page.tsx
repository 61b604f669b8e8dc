/** A store's first import as it happens: three lanes, live, and true again after a reload. */
import { IconPackage, IconTag, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { SyncResource, SyncRun } from '~/api/types';
import { formatCount, formatDuration, plural } from '~/lib/format';
import { AllowedButton } from '~/patterns/allowed';
import { Confirm } from '~/patterns/confirm';
import { tell } from '~/patterns/notice';
import { Page } from '~/patterns/page';
import { ProgressLane } from '~/patterns/progress-lane';
import { QueryView } from '~/patterns/query-view';
import { PanelSkeleton } from '~/patterns/skeletons';
import { Facts } from '~/ui/facts';
import { ButtonLink, TextLink } from '~/ui/links';
import { importRun, isGoing, RESOURCE_NAMES, RUN_STATES, runTotals, waitingFor } from './model';
import { useCancelRun, useStartSync } from './mutations';
import { latestRunsQuery } from './queries';
import { RunProblems } from './run-problems';
import classes from './sync.module.css';
import { usePace } from './use-pace';

const ICONS = { customers: IconUsers, orders: IconPackage, products: IconTag } as const;

interface ImportPageProps {
  storeId: string;
  /** The figures filling in behind the import; they belong to another part of the product. */
  figures: (going: boolean) => ReactNode;
}

export function ImportPage({ storeId, figures }: ImportPageProps) {
  const { tenantId } = useSession();
  const { find } = useStores();
  const runs = useQuery(latestRunsQuery(tenantId, storeId));
  const store = find(storeId);
  return (
    <Page title={store ? `Import of ${store.name}` : 'Import'} width="wide">
      <QueryView
        query={runs}
        skeleton={<LanesSkeleton />}
        empty={({ items }) =>
          importRun(items) === null && (items.length === 0 ? <AboutToStart /> : <LongDone storeId={storeId} />)
        }
      >
        {({ items }) => {
          const run = importRun(items);
          return run && <ImportView key={run.id} run={run} storeId={storeId} figures={figures(isGoing(run))} />;
        }}
      </QueryView>
    </Page>
  );
}

function AboutToStart() {
  return (
    <div className={classes.stack}>
      <p className={classes.lead} role="status">
        The import is about to start. This page shows it by itself.
      </p>
      <LanesSkeleton />
    </div>
  );
}

/** So many changes have been read since that the import is no longer among the newest runs. */
function LongDone({ storeId }: { storeId: string }) {
  return (
    <div className={classes.stack}>
      <p className={classes.lead}>This store was imported a while ago. Since then, changes are read by themselves.</p>
      <div className={classes.buttons}>
        <ButtonLink to="/insights" search={{ store: storeId }}>
          Open the dashboard
        </ButtonLink>
        <TextLink to="/operations/runs">See its sync runs</TextLink>
      </div>
    </div>
  );
}

function LanesSkeleton() {
  return (
    <div className={classes.lanes}>
      <PanelSkeleton height={208} />
      <PanelSkeleton height={208} />
      <PanelSkeleton height={208} />
    </div>
  );
}

function lead(run: SyncRun): string {
  const totals = runTotals(run);
  switch (run.status) {
    case 'QUEUED':
      return 'Waiting for its turn. You can leave this page; the import goes on without it.';
    case 'RUNNING':
      return 'Shopify is handing over the store’s history. You can leave this page; the import goes on without it.';
    case 'SUCCEEDED':
      return `Done: ${plural(totals.read, 'record')} read${run.durationMs ? ` in ${formatDuration(run.durationMs)}` : ''}. From now on, changes are read by themselves.`;
    case 'PARTIAL':
      return `Most of it is here; ${plural(totals.failed, 'record')} could not be read. They are tried again at the next sync.`;
    case 'FAILED':
      return 'The import stopped. What was read so far is kept; starting again continues from there.';
    case 'CANCELLED':
      return 'The import was cancelled. What was read so far is kept.';
  }
}

function ImportView({ run, storeId, figures }: { run: SyncRun; storeId: string; figures: ReactNode }) {
  const going = isGoing(run);
  return (
    <div className={classes.stack}>
      <p className={classes.lead} role="status">
        {lead(run)}
      </p>
      <div className={classes.lanes}>
        {run.resources.map((resource) => (
          <Lane key={resource.resource} resource={resource} />
        ))}
      </div>
      <RunProblems run={run} />
      {figures}
      <div className={classes.buttons}>
        <ButtonLink to="/insights" search={{ store: storeId }} variant={going ? 'default' : 'filled'}>
          {going ? 'See the dashboard fill in' : 'Open the dashboard'}
        </ButtonLink>
        {!going && run.status !== 'SUCCEEDED' && <StartAgain storeId={storeId} />}
        {going && <CancelRun run={run} />}
        <TextLink to="/operations/runs/$runId" params={{ runId: run.id }}>
          Details of this run
        </TextLink>
      </div>
    </div>
  );
}

function Lane({ resource }: { resource: SyncResource }) {
  const Icon = ICONS[resource.resource];
  const { rate, timeLeftMs } = usePace(resource);
  return (
    <ProgressLane
      icon={<Icon size={18} stroke={1.75} />}
      name={RESOURCE_NAMES[resource.resource]}
      done={resource.read}
      expected={resource.expected}
      state={RUN_STATES[resource.status]}
      rate={rate}
      timeLeftMs={timeLeftMs}
      waiting={waitingFor(resource, rate)}
      tookMs={resource.status === 'RUNNING' ? null : resource.durationMs}
      details={
        <Facts
          facts={[
            { name: 'Written', value: formatCount(resource.written) },
            { name: 'Unchanged', value: formatCount(resource.unchanged) },
            resource.removed > 0 ? { name: 'Removed', value: formatCount(resource.removed) } : null,
            resource.failed > 0 ? { name: 'Failed', value: formatCount(resource.failed) } : null,
          ]}
        />
      }
    />
  );
}

function StartAgain({ storeId }: { storeId: string }) {
  const start = useStartSync();
  return (
    <AllowedButton
      permission="sync:run"
      loading={start.isPending}
      onClick={() => start.mutate({ storeId }, { onSuccess: () => tell('The import goes on.') })}
    >
      Start again
    </AllowedButton>
  );
}

export function CancelRun({ run }: { run: SyncRun }) {
  const [asking, setAsking] = useState(false);
  const cancel = useCancelRun();
  return (
    <>
      <AllowedButton permission="sync:run" variant="subtle" color="gray" onClick={() => setAsking(true)}>
        Cancel
      </AllowedButton>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="Cancel this run"
        action="Cancel the run"
        onConfirm={async () => {
          await cancel.mutateAsync(run.id);
          tell('The run was cancelled.');
        }}
      >
        <p>
          What was written so far stays: {plural(runTotals(run).written, 'record')}. The rest is read when the next sync
          runs.
        </p>
      </Confirm>
    </>
  );
}
