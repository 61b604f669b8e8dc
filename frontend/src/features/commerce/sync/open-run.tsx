/** The sync of a store that waits for its turn or runs, for where one asks for it. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import { TextLink } from '~/ui/links';
import { StateBadge } from '~/ui/state-badge';
import { Ago } from '~/ui/when';
import { isGoing, RUN_KINDS, RUN_STATES, type OpenRun } from './model';
import { latestRunsQuery } from './queries';
import classes from './sync.module.css';

export function useOpenRun(storeId: string | undefined): OpenRun | null {
  const { tenantId } = useSession();
  const runs = useQuery({ ...latestRunsQuery(tenantId, storeId ?? ''), enabled: storeId !== undefined });
  return runs.data?.items.find(isGoing) ?? null;
}

export function OpenRunNote({ storeId }: { storeId: string }) {
  const run = useOpenRun(storeId);
  return (
    <div role="status">
      {run && (
        <p className={classes.open}>
          <StateBadge {...RUN_STATES[run.status]} />
          <span>
            {RUN_KINDS[run.kind]}, {run.status === 'QUEUED' ? 'asked for ' : 'begun '}
            <Ago at={run.startedAt ?? run.createdAt} />
          </span>
          <TextLink to="/operations/runs/$runId" params={{ runId: run.id }} className="sk-touch">
            See the run
          </TextLink>
        </p>
      )}
    </div>
  );
}
