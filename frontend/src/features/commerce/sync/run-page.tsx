/** One sync run: what was read and written of each kind, how long it took, what went wrong. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { SyncRun } from '~/api/types';
import { formatCount, formatDuration } from '~/lib/format';
import { BackButton } from '~/patterns/back-button';
import { Page } from '~/patterns/page';
import { QueryView } from '~/patterns/query-view';
import { DetailSkeleton } from '~/patterns/skeletons';
import { CopyText } from '~/ui/copy-text';
import { Facts } from '~/ui/facts';
import { Panel } from '~/ui/panel';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import classes from '../orders/orders.module.css';
import { CancelRun } from './import-page';
import { isGoing, RESOURCE_NAMES, RUN_KINDS, RUN_STATES, RUN_TRIGGERS } from './model';
import { runQuery } from './queries';
import { RunProblems } from './run-problems';

export function RunPage({ runId }: { runId: string }) {
  const { tenantId } = useSession();
  const run = useQuery(runQuery(tenantId, runId));
  const { data } = run;
  return (
    <Page
      title={data ? RUN_KINDS[data.kind] : 'Sync run'}
      back={<BackButton to="/operations/runs" label="Back to sync runs" />}
      scope={data && <StateBadge {...RUN_STATES[data.status]} />}
      actions={data && isGoing(data) && <CancelRun run={data} />}
      width="wide"
    >
      <QueryView query={run} skeleton={<DetailSkeleton />} empty="never">
        {(found) => (
          <div className={classes.detail}>
            <div className={classes.column}>
              <Resources run={found} />
              <RunProblems run={found} />
            </div>
            <div className={classes.column}>
              <RunFacts run={found} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function Resources({ run }: { run: SyncRun }) {
  return (
    <Panel title="What was copied" flush>
      <table className={classes.lines}>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col" className={classes.words}>
              State
            </th>
            <th scope="col">Read</th>
            <th scope="col">Written</th>
            <th scope="col" className={classes.optional}>
              Unchanged
            </th>
            <th scope="col" className={classes.optional}>
              Failed
            </th>
            <th scope="col" className={classes.optional}>
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {run.resources.map((resource) => (
            <tr key={resource.resource}>
              <td>
                <span className={classes.lineTitle}>{RESOURCE_NAMES[resource.resource]}</span>
                {restOf(resource).map((words) => (
                  <span key={words} className={classes.narrowSub}>
                    {words}
                  </span>
                ))}
              </td>
              <td className={classes.words}>
                <StateBadge {...RUN_STATES[resource.status]} />
              </td>
              <td>
                {formatCount(resource.read)}
                {resource.expected !== null && (
                  <span className={classes.lineSub}>of {formatCount(resource.expected)}</span>
                )}
              </td>
              <td>{formatCount(resource.written)}</td>
              <td className={classes.optional}>{formatCount(resource.unchanged)}</td>
              <td className={classes.optional}>{formatCount(resource.failed)}</td>
              <td className={classes.optional}>
                {resource.durationMs !== null && formatDuration(resource.durationMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** What the columns say that a narrow screen has no room for. */
function restOf({ unchanged, failed, durationMs }: SyncRun['resources'][number]): string[] {
  const took = durationMs === null ? [] : [`took ${formatDuration(durationMs)}`];
  return [`${formatCount(failed)} failed`, `${formatCount(unchanged)} unchanged`, ...took];
}

function RunFacts({ run }: { run: SyncRun }) {
  const store = useStores().find(run.storeId);
  const at = (moment: string | null) => moment && <When at={moment} timeZone={store?.timeZone} detail="second" />;
  return (
    <Panel title="Facts">
      <Facts
        facts={[
          { name: 'Store', value: store?.name ?? null },
          { name: 'Started by', value: RUN_TRIGGERS[run.trigger] },
          { name: 'Asked for', value: at(run.createdAt) },
          { name: 'Began', value: at(run.startedAt) },
          { name: 'Finished', value: at(run.finishedAt) },
          { name: 'Took', value: run.durationMs === null ? null : formatDuration(run.durationMs) },
          { name: 'Run id', value: <CopyText value={run.id} label="run id" /> },
        ]}
      />
    </Panel>
  );
}
