/** One lane of long work: what is done of how much, how fast, how long still. */
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '~/lib/format';
import { StateBadge, type Tone } from '~/ui/state-badge';
import classes from './progress-lane.module.css';

interface ProgressLaneProps {
  icon: ReactNode;
  name: string;
  done: number;
  /** Null until the source has said how many there are. */
  expected: number | null;
  state: { tone: Tone; label: string };
  /** Items a second; null when not known or finished. */
  rate: number | null;
  timeLeftMs: number | null;
  /** What is waited for, said where the rate would stand. */
  waiting: string | null;
  /** How long it took, once it has ended. */
  tookMs: number | null;
  details: ReactNode;
}

export function ProgressLane({
  icon,
  name,
  done,
  expected,
  state,
  rate,
  timeLeftMs,
  waiting,
  tookMs,
  details,
}: ProgressLaneProps) {
  const share = expected ? Math.min(1, done / expected) : done > 0 || state.tone === 'good' ? 1 : 0;
  const unknown = expected === null && state.tone === 'busy';
  return (
    <section className={classes.lane} aria-label={name}>
      <header className={classes.head}>
        <span className={classes.icon} aria-hidden="true">
          {icon}
        </span>
        <h2 className={classes.name}>{name}</h2>
        <StateBadge {...state} />
      </header>
      <p className={classes.figures}>
        <strong>{formatCount(done)}</strong>
        {expected !== null && <span> of {formatCount(expected)}</span>}
      </p>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={`${name} progress`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={unknown ? undefined : Math.round(share * 100)}
        data-unknown={unknown || undefined}
      >
        <div
          className={classes.fill}
          data-tone={state.tone}
          style={{ transform: `scaleX(${unknown ? 0.3 : share})` }}
        />
      </div>
      <p className={classes.pace}>
        {waiting && <span>{waiting}</span>}
        {!waiting && rate !== null && rate > 0 && <span>{formatCount(Math.round(rate))} a second</span>}
        {!waiting && timeLeftMs !== null && (
          <span>{timeLeftMs < 1500 ? 'nearly done' : `${formatDuration(timeLeftMs)} left`}</span>
        )}
        {tookMs !== null && <span>Took {formatDuration(tookMs)}</span>}
      </p>
      <div className={classes.details}>{details}</div>
    </section>
  );
}
