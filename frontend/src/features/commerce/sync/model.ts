/** Plain facts about sync runs. Pure. */
import type { SyncResource, SyncRun } from '~/api/types';
import type { Tone } from '~/ui/state-badge';

export const RUN_STATES: Record<SyncRun['status'], { tone: Tone; label: string }> = {
  QUEUED: { tone: 'open', label: 'Waiting' },
  RUNNING: { tone: 'busy', label: 'Running' },
  SUCCEEDED: { tone: 'good', label: 'Done' },
  PARTIAL: { tone: 'warn', label: 'Partly done' },
  FAILED: { tone: 'bad', label: 'Failed' },
  CANCELLED: { tone: 'neutral', label: 'Cancelled' },
};

export type OpenRun = SyncRun & { status: 'QUEUED' | 'RUNNING' };

export const isGoing = (run: SyncRun): run is OpenRun => run.status === 'QUEUED' || run.status === 'RUNNING';

/** What the button that asks for a sync says while there is one, and why it does nothing. */
export const SYNC_BUTTON: Record<OpenRun['status'], { label: string; why: string }> = {
  QUEUED: { label: 'Sync queued', why: 'A sync of this store waits for its turn already.' },
  RUNNING: { label: 'Syncing', why: 'This store is being read already.' },
};

/** The answer to having asked for syncs: each waits for its turn first, and one that runs already is not asked for again. */
export function askedWords(runs: readonly SyncRun[]): string {
  const one = runs.length === 1;
  if (runs.some((run) => run.status === 'QUEUED'))
    return one ? 'A sync is queued; it runs as soon as it is its turn.' : `${runs.length} syncs are queued.`;
  return one ? 'A sync is under way.' : `${runs.length} syncs are under way.`;
}

export const RUN_KINDS: Record<SyncRun['kind'], string> = {
  INITIAL: 'First import',
  DELTA: 'Changes',
  RESYNC: 'Full resync',
};

export const RUN_TRIGGERS: Record<SyncRun['trigger'], string> = {
  CONNECT: 'On connecting',
  SCHEDULE: 'Schedule',
  MANUAL: 'By hand',
};

export const RESOURCE_NAMES: Record<SyncResource['resource'], string> = {
  customers: 'Customers',
  orders: 'Orders',
  products: 'Products',
};

/** What a lane that does not move waits for; null while it moves or is not under way. */
export function waitingFor(resource: Pick<SyncResource, 'status' | 'read' | 'expected'>, rate: number | null) {
  if (resource.status !== 'RUNNING') return null;
  if (resource.read === 0) return 'Shopify is preparing the export';
  if (resource.expected !== null && resource.read >= resource.expected) return 'Finishing';
  return rate ? null : 'Waiting for Shopify';
}

export interface RunTotals {
  read: number;
  written: number;
  unchanged: number;
  failed: number;
  removed: number;
}

export function runTotals(run: SyncRun): RunTotals {
  const sum = (name: keyof RunTotals) => run.resources.reduce((total, resource) => total + resource[name], 0);
  return {
    read: sum('read'),
    written: sum('written'),
    unchanged: sum('unchanged'),
    failed: sum('failed'),
    removed: sum('removed'),
  };
}

/** The newest run that read a whole store, among runs that come newest first: its first import or a full resync. */
export function importRun(runs: readonly SyncRun[]): SyncRun | null {
  return runs.find((run) => run.kind !== 'DELTA') ?? null;
}
