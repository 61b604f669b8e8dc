/** All sync runs, newest first. */
import { IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useSession } from '~/api/session';
import { useStores, type StoreScope } from '~/api/stores';
import type { SyncRun } from '~/api/types';
import { csvTime } from '~/lib/csv';
import { formatCount, formatDuration } from '~/lib/format';
import { AllowedButton } from '~/patterns/allowed';
import type { Column } from '~/patterns/data-table/column';
import { DataTable } from '~/patterns/data-table/data-table';
import { EmptyState } from '~/patterns/empty-state';
import { tell, tellProblem } from '~/patterns/notice';
import { TextLink } from '~/ui/links';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import classes from '../orders/orders.module.css';
import { RUN_KINDS, RUN_STATES, RUN_TRIGGERS, runTotals, type RunTotals } from './model';
import { useStartSync } from './mutations';
import { runListQuery } from './queries';

export function RunsPanel() {
  const { tenantId } = useSession();
  const scope = useStores();
  const navigate = useNavigate();
  const query = useInfiniteQuery(runListQuery(tenantId, scope.current?.id));
  const columns = useMemo(() => runColumns(scope), [scope]);
  return (
    <DataTable
      name="sync-runs"
      label="Sync runs"
      one="sync run"
      query={query}
      columns={columns}
      card={(run) => <RunCard run={run} scope={scope} />}
      rowId={runId}
      rowName={(run) => `run of ${run.createdAt}`}
      onOpen={(run) => void navigate({ to: '/operations/runs/$runId', params: { runId: run.id } })}
      toolbar={<SyncNow storeId={scope.current?.id} />}
      empty={
        <EmptyState icon={<IconRefresh size={28} stroke={1.5} />} title="No sync has run yet">
          Every time a store is read, the run and what it read are listed here.
        </EmptyState>
      }
    />
  );
}

const runId = (run: SyncRun) => run.id;

export function SyncNow({ storeId, label }: { storeId: string | undefined; label?: string }) {
  const { stores } = useStores();
  const start = useStartSync();
  return (
    <AllowedButton
      permission="sync:run"
      variant="default"
      blocked={stores.length === 0 ? 'Connect a store first.' : null}
      loading={start.isPending}
      leftSection={<IconRefresh size={16} />}
      onClick={() =>
        start.mutate(
          { storeId },
          {
            onSuccess: ({ items }) =>
              tell(items.length === 1 ? 'A sync has started.' : `${items.length} syncs have started.`),
            onError: tellProblem,
          },
        )
      }
    >
      {label ?? (storeId || stores.length === 1 ? 'Sync now' : 'Sync all stores now')}
    </AllowedButton>
  );
}

function RunLink({ run, scope }: { run: SyncRun; scope: StoreScope }) {
  return (
    <TextLink to="/operations/runs/$runId" params={{ runId: run.id }} className={classes.name} tabIndex={-1}>
      <When at={run.createdAt} timeZone={scope.listZone(run.storeId)} detail="second" />
    </TextLink>
  );
}

function runColumns(scope: StoreScope): Column<SyncRun>[] {
  const count = (id: keyof RunTotals, header: string): Column<SyncRun> => ({
    id,
    header,
    width: 96,
    align: 'end',
    csv: (run) => runTotals(run)[id],
    cell: (run) => formatCount(runTotals(run)[id]),
  });
  return [
    {
      id: 'createdAt',
      header: 'Started',
      width: 190,
      fixed: true,
      csv: (run) => csvTime(run.createdAt),
      cell: (run) => <RunLink run={run} scope={scope} />,
    },
    {
      id: 'store',
      header: 'Store',
      width: 180,
      grow: true,
      csv: (run) => scope.find(run.storeId)?.name ?? run.storeId,
      cell: (run) => scope.find(run.storeId)?.name ?? 'A store no longer connected',
    },
    { id: 'kind', header: 'Kind', width: 116, csv: (run) => run.kind, cell: (run) => RUN_KINDS[run.kind] },
    {
      id: 'trigger',
      header: 'Started by',
      width: 124,
      csv: (run) => run.trigger,
      cell: (run) => RUN_TRIGGERS[run.trigger],
    },
    {
      id: 'status',
      header: 'State',
      width: 124,
      csv: (run) => run.status,
      cell: (run) => <StateBadge {...RUN_STATES[run.status]} />,
    },
    count('read', 'Read'),
    count('written', 'Written'),
    count('unchanged', 'Unchanged'),
    { ...count('removed', 'Removed'), shown: false },
    count('failed', 'Failed'),
    {
      id: 'duration',
      header: 'Took',
      width: 100,
      align: 'end',
      csv: (run) => run.durationMs,
      cell: (run) => run.durationMs !== null && formatDuration(run.durationMs),
    },
  ];
}

function RunCard({ run, scope }: { run: SyncRun; scope: StoreScope }) {
  const totals = runTotals(run);
  return (
    <div className={classes.card}>
      <div className={classes.cardLine}>
        <RunLink run={run} scope={scope} />
        <StateBadge {...RUN_STATES[run.status]} />
      </div>
      <div className={classes.cardLine}>
        <span className="sk-truncate">{scope.find(run.storeId)?.name}</span>
        <span className="sk-muted">
          {RUN_KINDS[run.kind]}, {formatCount(totals.read)} read
        </span>
      </div>
    </div>
  );
}
