import { expect, it } from 'vitest';
import type { SyncRun } from '~/api/types';
import { buildState, newRun } from '~/test/fake/state';
import { askedWords, importRun, runTotals, waitingFor } from './model';

const state = buildState({ now: new Date('2026-03-10T12:00:00Z'), days: 1, perDay: 1 });
const store = state.shops[0]?.store;
const run = (kind: SyncRun['kind'], status: SyncRun['status']): SyncRun => {
  if (!store) throw new Error('the stand-in has a store');
  return { ...newRun(state, store, kind, 'MANUAL'), status };
};

it('the import of a store is the newest run that read all of it', () => {
  const first = run('INITIAL', 'SUCCEEDED');
  const resync = run('RESYNC', 'RUNNING');
  expect(importRun([run('DELTA', 'SUCCEEDED'), first])).toBe(first);
  expect(importRun([resync, first])).toBe(resync);
  const done = run('RESYNC', 'SUCCEEDED');
  expect(importRun([run('DELTA', 'SUCCEEDED'), done, first])).toBe(done);
  expect(importRun([run('DELTA', 'RUNNING')])).toBeNull();
});

it('a sync that only waits is not said to have started', () => {
  const [waiting, running] = [run('DELTA', 'QUEUED'), run('DELTA', 'RUNNING')];
  expect(askedWords([waiting])).toBe('A sync is queued; it runs as soon as it is its turn.');
  expect(askedWords([waiting, running])).toBe('2 syncs are queued.');
  expect(askedWords([running])).toBe('A sync is under way.');
  expect(askedWords([running, running])).toBe('2 syncs are under way.');
});

it('a run’s totals are those of its parts', () => {
  const one = run('DELTA', 'SUCCEEDED');
  one.resources.forEach((resource, index) => Object.assign(resource, { read: index + 1, failed: index }));
  expect(runTotals(one)).toEqual({ read: 6, written: 0, unchanged: 0, failed: 3, removed: 0 });
});

it('a lane that does not move says what it waits for', () => {
  expect(waitingFor({ status: 'RUNNING', read: 0, expected: 900 }, null)).toBe('Shopify is preparing the export');
  expect(waitingFor({ status: 'RUNNING', read: 400, expected: 900 }, 80)).toBeNull();
  expect(waitingFor({ status: 'RUNNING', read: 400, expected: 900 }, 0)).toBe('Waiting for Shopify');
  expect(waitingFor({ status: 'SUCCEEDED', read: 900, expected: 900 }, null)).toBeNull();
});
