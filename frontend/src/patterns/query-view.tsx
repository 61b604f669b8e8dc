/**
 * A query's every state, so that no page forgets one: skeleton, empty, failed, forbidden, and old data still shown when a
 * refresh fails. `empty` is required unless the data cannot be empty.
 */
import { Button } from '@mantine/core';
import { IconRefreshAlert } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ApiProblem } from '~/api/problem';
import { formatInstant } from '~/lib/dates';
import { ProblemView, RequestId } from './problem-view';
import classes from './query-view.module.css';

interface QueryViewProps<Data> {
  query: UseQueryResult<Data, ApiProblem>;
  skeleton: ReactNode;
  /** Decides from the data whether there is nothing, and what to say then; nothing (or false) when there is something. */
  empty: ((data: Data) => ReactNode) | 'never';
  children: (data: Data) => ReactNode;
}

export function QueryView<Data>({ query, skeleton, empty, children }: QueryViewProps<Data>) {
  const retry = () => void query.refetch();
  // What is gone, or no longer ours to see, is not shown on for what it was.
  const refused = query.isError && [403, 404, 410].includes(query.error.status);
  if (query.data === undefined || refused) {
    if (query.isError) return <ProblemView problem={query.error} onRetry={retry} />;
    return <>{skeleton}</>;
  }
  const nothing = empty === 'never' ? null : empty(query.data);
  return (
    <>
      {query.isError && <StaleNotice problem={query.error} since={query.dataUpdatedAt} onRetry={retry} />}
      {nothing || children(query.data)}
    </>
  );
}

interface StaleNoticeProps {
  problem: ApiProblem;
  since: number;
  onRetry: () => void;
}

/** What is on the page is true but old. */
export function StaleNotice({ problem, since, onRetry }: StaleNoticeProps) {
  return (
    <div className={classes.stale} role="status">
      <IconRefreshAlert size={16} aria-hidden="true" />
      <span>
        Shown as of <bdi>{formatInstant(new Date(since).toISOString(), undefined, 'time')}</bdi>; refreshing failed (
        {problem.message.replace(/\.$/, '')}). <RequestId id={problem.requestId} />
      </span>
      <Button variant="subtle" size="compact-xs" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
