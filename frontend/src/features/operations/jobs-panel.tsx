/** Background work: what waits, what runs, and what gave up and can be tried again. */
import { Modal } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '~/api/session';
import type { Job } from '~/api/types';
import { csvTime } from '~/lib/csv';
import { formatCount } from '~/lib/format';
import { AllowedButton } from '~/patterns/allowed';
import type { Column } from '~/patterns/data-table/column';
import { timeWidth } from '~/patterns/data-table/column-widths';
import { DataTable } from '~/patterns/data-table/data-table';
import { EmptyState, FilteredEmpty } from '~/patterns/empty-state';
import { FilterPill } from '~/patterns/filter-bar';
import { NotForRole } from '~/patterns/not-for-role';
import { tell, tellProblem } from '~/patterns/notice';
import { CopyText } from '~/ui/copy-text';
import { Facts } from '~/ui/facts';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import classes from './jobs.module.css';
import { canCancel, canReplay, JOB_STATES, jobName, jobState, lastError, type JobSearch } from './model';
import { useCancelJob, useReplayJob } from './mutations';
import { jobListQuery } from './queries';

interface JobsPanelProps {
  search: JobSearch;
  onSearch: (change: Partial<JobSearch>) => void;
  onClear: () => void;
}

const STATE_OPTIONS = Object.entries(JOB_STATES).map(([value, { label }]) => ({ value, label }));

export function JobsPanel(props: JobsPanelProps) {
  const { can } = useSession();
  if (!can('job:read')) return <NotForRole title="Owners and admins see the background jobs" />;
  return <JobList {...props} />;
}

function JobList({ search, onSearch, onClear }: JobsPanelProps) {
  const { tenantId } = useSession();
  const query = useInfiniteQuery(jobListQuery(tenantId, search));
  const [opened, setOpened] = useState<string | null>(null);
  const job = query.data?.pages.flatMap((page) => page.items).find((one) => one.id === opened);
  return (
    <>
      <DataTable
        name="jobs"
        label="Jobs"
        one="job"
        query={query}
        columns={COLUMNS}
        card={(one) => <JobCard job={one} />}
        rowId={jobId}
        rowName={(one) => jobName(one.kind)}
        onOpen={(one) => setOpened(one.id)}
        toolbar={
          <FilterPill
            label="State"
            value={search.state}
            options={STATE_OPTIONS}
            onChange={(state) => onSearch({ state: state as JobSearch['state'] })}
          />
        }
        empty={
          search.state ? (
            <FilteredEmpty what="jobs" onClear={onClear} />
          ) : (
            <EmptyState icon={<IconStack2 size={28} stroke={1.5} />} title="No jobs">
              Imports, syncs and other background work are listed here as they happen.
            </EmptyState>
          )
        }
      />
      <Modal opened={job !== undefined} onClose={() => setOpened(null)} title={job && jobName(job.kind)} size="lg">
        {job && <JobView job={job} />}
      </Modal>
    </>
  );
}

const jobId = (job: Job) => job.id;

const COLUMNS: Column<Job>[] = [
  {
    id: 'kind',
    header: 'Job',
    width: 240,
    least: 140,
    grow: true,
    fixed: true,
    csv: (job) => job.kind,
    cell: (job) => <span className={classes.name}>{jobName(job.kind)}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: 120,
    least: 108,
    csv: (job) => job.state,
    cell: (job) => <StateBadge {...jobState(job.state)} />,
  },
  {
    id: 'attempts',
    header: 'Attempts',
    width: 96,
    least: 84,
    align: 'end',
    csv: (job) => job.attempts,
    cell: (job) => formatCount(job.attempts),
  },
  {
    id: 'runAt',
    header: 'Due',
    width: 190,
    least: timeWidth('minute'),
    csv: (job) => csvTime(job.runAt),
    cell: (job) => <When at={job.runAt} />,
  },
  {
    id: 'updatedAt',
    header: 'Changed',
    width: 190,
    least: timeWidth('minute'),
    csv: (job) => csvTime(job.updatedAt),
    cell: (job) => <When at={job.updatedAt} />,
  },
  {
    id: 'lastError',
    header: 'Last error',
    width: 320,
    least: 120,
    grow: true,
    csv: (job) => lastError(job)?.message,
    cell: (job) => lastError(job)?.message,
  },
];

function JobCard({ job }: { job: Job }) {
  return (
    <>
      <div className={classes.cardLine}>
        <span className={classes.name}>{jobName(job.kind)}</span>
        <StateBadge {...jobState(job.state)} />
      </div>
      <div className="sk-muted sk-truncate">{lastError(job)?.message ?? <When at={job.updatedAt} />}</div>
    </>
  );
}

function JobView({ job }: { job: Job }) {
  const error = lastError(job);
  const replay = useReplayJob();
  const cancel = useCancelJob();
  return (
    <div className={classes.view}>
      {error && (
        <p className={classes.error}>
          {error.message} {error.code && <code>{error.code}</code>}
        </p>
      )}
      <Facts
        facts={[
          { name: 'State', value: <StateBadge {...jobState(job.state)} /> },
          { name: 'Kind', value: <code>{job.kind}</code> },
          { name: 'Attempts', value: `${formatCount(job.attempts)}, ${formatCount(job.crashAttempts)} crashed` },
          { name: 'Due', value: <When at={job.runAt} detail="second" /> },
          { name: 'Made', value: <When at={job.createdAt} detail="second" /> },
          { name: 'Changed', value: <When at={job.updatedAt} detail="second" /> },
          { name: 'Job id', value: <CopyText value={job.id} label="job id" /> },
        ]}
      />
      <div className={classes.buttons}>
        <AllowedButton
          permission="job:write"
          loading={replay.isPending}
          blocked={canReplay(job) ? null : 'Only jobs that gave up or were cancelled can be run again.'}
          onClick={() => replay.mutate(job.id, { onSuccess: () => tell('The job runs again.'), onError: tellProblem })}
        >
          Run again
        </AllowedButton>
        <AllowedButton
          permission="job:write"
          variant="default"
          loading={cancel.isPending}
          blocked={canCancel(job) ? null : 'Only waiting jobs can be cancelled.'}
          onClick={() =>
            cancel.mutate(job.id, { onSuccess: () => tell('The job was cancelled.'), onError: tellProblem })
          }
        >
          Cancel job
        </AllowedButton>
      </div>
    </div>
  );
}
