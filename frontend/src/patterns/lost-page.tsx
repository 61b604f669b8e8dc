/** Addresses that lead nowhere, and pages that broke while being shown. */
import { Button } from '@mantine/core';
import { IconCompassOff, IconMoodSad } from '@tabler/icons-react';
import { ApiProblem, describeProblem } from '~/api/problem';
import { ButtonLink } from '~/ui/links';
import { EmptyState } from './empty-state';

export function MissingPage() {
  return (
    <main>
      <EmptyState
        icon={<IconCompassOff size={28} stroke={1.5} />}
        level={1}
        title="There is no such page"
        action={<ButtonLink to="/">To the dashboard</ButtonLink>}
      >
        The address may be mistyped, or what it led to is gone.
      </EmptyState>
    </main>
  );
}

/** `error` is shown by name only: its text may say things no merchant can use. */
export function BrokenPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const problem = error instanceof ApiProblem ? error : null;
  const words = problem && describeProblem(problem);
  const retry = () => {
    // A page left open over a new release asks for files that are gone; only a reload helps then.
    if (problem) onRetry();
    else window.location.reload();
  };
  return (
    <main>
      <EmptyState
        icon={<IconMoodSad size={28} stroke={1.5} />}
        level={1}
        title={words?.title ?? 'This page could not be shown'}
        action={<Button onClick={retry}>{problem ? 'Try again' : 'Load again'}</Button>}
      >
        {words
          ? `${words.advice} Nothing was changed.`
          : 'Nothing was changed. Loading it again usually helps, most of all after an update of Storekeep.'}
        {problem?.requestId && ` Quote request ${problem.requestId} if it stays this way.`}
      </EmptyState>
    </main>
  );
}
