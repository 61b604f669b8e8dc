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
import { timeWidth } from '~/patterns/data-table/column-widths';
import { DataTable } from '~/patterns/data-table/data-table';
import { EmptyState } from '~/patterns/empty-state';
import { tell, tellProblem } from '~/patterns/notice';
import { TextLink } from '~/ui/links';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import classes from '../orders/orders.module.css';
import { askedWords, RUN_KINDS, RUN_STATES, RUN_TRIGGERS, runTotals, SYNC_BUTTON, type RunTotals } from './model';
import { useStartSync } from './mutations';
import { useOpenRun } from './open-run';
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

/** Asks for a sync; while one of the store is under way already, says so instead. */
export function SyncNow({ storeId, label }: { storeId: string | undefined; label?: string }) {
  const { stores } = useStores();
  const start = useStartSync();
  const open = useOpenRun(storeId ?? (stores.length === 1 ? stores[0]?.id : undefined));
  const usual = label ?? (storeId || stores.length === 1 ? 'Sync now' : 'Sync all stores now');
  return (
    <AllowedButton
      permission="sync:run"
      variant="default"
      blocked={stores.length === 0 ? 'Connect a store first.' : open && SYNC_BUTTON[open.status].why}
      loading={start.isPending}
      leftSection={<IconRefresh size={16} />}
      onClick={() =>
        start.mutate(
          { storeId },
          {
            onSuccess: ({ items }) => tell(askedWords(items)),
            onError: tellProblem,
          },
        )
      }
    >
      {open ? SYNC_BUTTON[open.status].label : usual}
    </AllowedButton>
  );
}

function RunLink({ run, scope }: { run: SyncRun; scope: StoreScope }) {
  return (
    <TextLink
      to="/operations/runs/$runId"
      params={{ runId: run.id }}
      className={`${classes.name} sk-touch`}
      tabIndex={-1}
    >
      <When at={run.createdAt} timeZone={scope.listZone(run.storeId)} detail="second" />
    </TextLink>
  );
}

function runColumns(scope: StoreScope): Column<SyncRun>[] {
  const count = (id: keyof RunTotals, header: string): Column<SyncRun> => ({
    id,
    header,
    width: 96,
    least: 80,
    align: 'end',
    csv: (run) => runTotals(run)[id],
    cell: (run) => formatCount(runTotals(run)[id]),
  });
  return [
    {
      id: 'createdAt',
      header: 'Started',
      csvHeader: `Started (${scope.timeZone})`,
      width: timeWidth('second') + 16,
      least: timeWidth('second'),
      fixed: true,
      csv: (run) => csvTime(run.createdAt, scope.timeZone),
      cell: (run) => <RunLink run={run} scope={scope} />,
    },
    {
      id: 'store',
      header: 'Store',
      width: 180,
      least: 100,
      grow: true,
      csv: (run) => scope.find(run.storeId)?.name ?? run.storeId,
      cell: (run) => scope.find(run.storeId)?.name ?? 'A store no longer connected',
    },
    { id: 'kind', header: 'Kind', width: 116, least: 98, csv: (run) => run.kind, cell: (run) => RUN_KINDS[run.kind] },
    {
      id: 'trigger',
      header: 'Started by',
      width: 124,
      least: 112,
      csv: (run) => run.trigger,
      cell: (run) => RUN_TRIGGERS[run.trigger],
    },
    {
      id: 'status',
      header: 'State',
      width: 124,
      least: 108,
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
      width: 96,
      least: 80,
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
