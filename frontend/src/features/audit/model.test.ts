import { expect, it } from 'vitest';
import { actionWords } from '~/lib/format';
import { changedFields, showValue } from '~/patterns/change-fields';
import { auditFilters, isFiltered, readAuditSearch } from './model';

it('entries read as sentences', () => {
  expect(actionWords('store.interval_changed')).toBe('Store: interval changed');
  expect(actionWords('login')).toBe('Login');
});

it('only what differs is shown as changed', () => {
  const changes = changedFields(
    { name: 'A', syncPaused: false, same: [1] },
    { name: 'B', syncPaused: true, same: [1] },
  );
  expect(changes.map((change) => change.field)).toEqual(['Name', 'Sync paused']);
  expect(showValue(true)).toBe('yes');
  expect(showValue(null)).toBe('none');
  expect(changedFields(null, null)).toEqual([]);
});

it('half a range leaves the address, and a store in it is no filter', () => {
  expect(readAuditSearch({ from: '2026-03-01' })).toEqual({});
  const address = { store: '0b9ad7a4-0000-7000-a000-000000000001', action: undefined };
  expect(isFiltered(address)).toBe(false);
  expect(isFiltered({ action: 'login' })).toBe(true);
});

it('a range becomes two days', () => {
  expect(auditFilters({ range: 'yesterday' }, '2026-03-10')).toEqual({ from: '2026-03-09', to: '2026-03-09' });
});
