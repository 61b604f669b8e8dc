/** A failure, said plainly: what happened, what it means, what can be done, and the request id to quote. */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconMoodEmpty, IconPlugConnectedX } from '@tabler/icons-react';
import { describeProblem, type ApiProblem } from '~/api/problem';
import { useSession } from '~/api/session';
import { CopyText } from '~/ui/copy-text';
import classes from './problem-view.module.css';

interface ProblemViewProps {
  problem: ApiProblem;
  onRetry?: () => void;
  doing?: 'reading' | 'changing';
  /** A line inside a form or card rather than the whole place. */
  inline?: boolean;
}

export function RequestId({ id }: { id: string | null }) {
  if (!id) return null;
  return (
    <span className={classes.request}>
      Request <CopyText value={id} label="request id" />
    </span>
  );
}

export function ProblemView({ problem, onRetry, doing = 'reading', inline = false }: ProblemViewProps) {
  if (problem.kind === 'aborted') return null;
  if (problem.status === 403 && !inline) return <ForbiddenView problem={problem} />;
  const words = describeProblem(problem, doing);
  const Icon = pickIcon(problem);
  return (
    <div className={inline ? classes.inline : classes.block} role="alert">
      <Icon className={classes.icon} size={inline ? 18 : 28} stroke={1.75} aria-hidden="true" />
      <div className={classes.text}>
        <p className={classes.title}>{words.title}</p>
        <p className={classes.advice}>{words.advice}</p>
        <p className={classes.codes}>
          {problem.code !== 'UNREADABLE' && <code>{problem.code}</code>} <RequestId id={problem.requestId} />
        </p>
      </div>
      {onRetry && words.canRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

function ForbiddenView({ problem }: { problem: ApiProblem }) {
  const { session, role } = useSession();
  return (
    <div className={classes.block}>
      <IconLock className={classes.icon} size={28} stroke={1.75} aria-hidden="true" />
      <div className={classes.text}>
        <p className={classes.title}>Your role cannot see this</p>
        <p className={classes.advice}>
          You are {role === 'owner' || role === 'admin' || role === 'agent' ? 'an' : 'a'} {role} of{' '}
          {session.tenant.name}. An owner or admin can change your role under Settings, Members.
        </p>
        <p className={classes.codes}>
          <RequestId id={problem.requestId} />
        </p>
      </div>
    </div>
  );
}

function pickIcon(problem: ApiProblem) {
  if (problem.kind === 'network') return IconPlugConnectedX;
  return problem.status === 404 ? IconMoodEmpty : IconAlertTriangle;
}
