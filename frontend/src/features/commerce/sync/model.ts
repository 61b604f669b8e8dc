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
