import { describe, expect, it } from 'vitest';
import {
  compact,
  day,
  flag,
  nextSort,
  oneOf,
  parseSearch,
  safeReturnPath,
  stringifySearch,
  text,
  uuid,
} from './url-state';

describe('query strings', () => {
  it('round-trip as plain text, numbers included', () => {
    expect(parseSearch('?q=1001&sort=-total')).toEqual({ q: '1001', sort: '-total' });
    expect(stringifySearch({ q: '#1001 é', store: undefined, test: false })).toBe('?q=%231001+%C3%A9&test=false');
    expect(stringifySearch({ q: '' })).toBe('');
    expect(parseSearch(stringifySearch({ q: 'a&b=c' }))).toEqual({ q: 'a&b=c' });
  });

  it('are forgiving about what people type there', () => {
    expect(text('  a  ')).toBe('a');
    expect(text('   ')).toBeUndefined();
    expect(text('x'.repeat(500))).toHaveLength(200);
    expect(oneOf('sideways', ['up', 'down'])).toBeUndefined();
    expect(flag('true')).toBe(true);
    expect(flag('yes')).toBeUndefined();
    expect(day('2026-13-01')).toBeUndefined();
    expect(uuid('1 OR 1=1')).toBeUndefined();
    expect(compact({ a: 1, b: undefined })).toEqual({ a: 1 });
  });
});

describe('safeReturnPath', () => {
  it('only ever leads back into this site', () => {
    expect(safeReturnPath('/orders?q=1')).toBe('/orders?q=1');
    for (const evil of ['https://evil.test', '//evil.test', '/\\evil.test', 'javascript:alert(1)', undefined, 7]) {
      expect(safeReturnPath(evil)).toBe('/');
    }
  });

  it('does not loop through the sign-in page', () => {
    expect(safeReturnPath('/sign-in?next=/x')).toBe('/');
  });
});

describe('nextSort', () => {
  const total = ['-total', 'total'] as const;
  it('goes through a column’s directions', () => {
    expect(nextSort(undefined, total, '-createdAt')).toBe('-total');
    expect(nextSort('-total', total, '-createdAt')).toBe('total');
    expect(nextSort('total', total, '-createdAt')).toBe('-total');
  });

  it('goes back to the page’s own order from a column of one direction', () => {
    expect(nextSort(undefined, ['-orders'], '-createdAt')).toBe('-orders');
    expect(nextSort('-orders', ['-orders'], '-createdAt')).toBeUndefined();
  });

  it('leaves the address bare for the page’s own order', () => {
    expect(nextSort('createdAt', ['-createdAt', 'createdAt'], '-createdAt')).toBeUndefined();
    expect(nextSort(undefined, ['-createdAt', 'createdAt'], '-createdAt')).toBe('createdAt');
  });
});
