import { describe, expect, it } from 'vitest';
import type { Store } from '~/api/types';
import { buildState } from '~/test/fake/state';
import { touchedBy } from './live-updates';
import { liveWords } from './shell/live-indicator';

describe('events', () => {
  it('touch only their own tenant, and only what they speak of', () => {
    for (const type of ['sync.progress', 'sync.finished', 'store.changed', 'data.changed']) {
      const keys = touchedBy(type, 'tenant-1');
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.every((key) => key[0] === 'tenant-1')).toBe(true);
    }
    expect(touchedBy('sync.progress', 't')).toEqual([['t', 'sync']]);
    expect(touchedBy('something.new', 't')).toEqual([]);
    expect(touchedBy('data.changed', 't', true)).toContainEqual(['t', 'sync']);
  });
});

describe('the live indicator', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  const store = buildState({ now, days: 1, perDay: 1 }).shops[0]?.store as Store;
  const past = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();

  it('is green only when connected and up to date', () => {
    expect(liveWords('live', [store], now)).toMatchObject({ tone: 'good', label: 'Live' });
    expect(liveWords('retrying', [store], now)).toMatchObject({ tone: 'warn' });
    expect(liveWords('offline', [store], now)).toMatchObject({ tone: 'bad', label: 'Offline' });
    expect(liveWords('live', [{ ...store, lastSyncAt: null }], now).label).toBe('Importing');
    const late = { ...store, lastSyncAt: past(20), nextSyncAt: past(15) };
    expect(liveWords('live', [store, late], now).label).toBe('Catching up 20 min');
  });
});
