/** Plain facts about jobs. Pure. */
import type { Job, JobState } from '~/api/types';
import { humanise } from '~/lib/format';
import { compact, oneOf, type RawSearch } from '~/lib/url-state';
import type { Tone } from '~/ui/state-badge';

export const JOB_STATES = {
  ready: { tone: 'open', label: 'Waiting' },
  leased: { tone: 'busy', label: 'Running' },
  done: { tone: 'good', label: 'Done' },
  dead: { tone: 'bad', label: 'Gave up' },
  cancelled: { tone: 'neutral', label: 'Cancelled' },
} as const satisfies Record<JobState, { tone: Tone; label: string }>;

const STATES = Object.keys(JOB_STATES) as JobState[];

export interface JobSearch {
  state?: JobState;
}

export function readJobSearch(raw: RawSearch): JobSearch {
  return compact({ state: oneOf(raw.state, STATES) });
}

export function jobState(state: string): { tone: Tone; label: string } {
  const known = oneOf(state, STATES);
  return known ? JOB_STATES[known] : { tone: 'neutral', label: humanise(state) };
}

export const canReplay = (job: Job): boolean => job.state === 'dead' || job.state === 'cancelled';
export const canCancel = (job: Job): boolean => job.state === 'ready';

/** "commerce.import_store" → "Import store". */
export function jobName(kind: string): string {
  return humanise(kind.slice(kind.indexOf('.') + 1));
}

export interface JobError {
  code: string | null;
  message: string;
}

/** What went wrong last; null when nothing did. */
export function lastError(job: Job): JobError | null {
  if (job.lastError === null) return null;
  const { code, message } = job.lastError;
  return {
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' ? message : JSON.stringify(job.lastError),
  };
}
