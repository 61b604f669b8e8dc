import { afterEach, describe, expect, it } from 'vitest';
import { csvTime } from './csv';

describe('a time in a file', () => {
  const usual = process.env.TZ;
  afterEach(() => {
    if (usual === undefined) delete process.env.TZ;
    else process.env.TZ = usual;
  });

  it.each([
    ['Europe/Berlin', '2026-11-22T22:59:59Z', '2026-11-22T23:59:59+01:00'],
    ['Europe/Berlin', '2026-07-01T22:30:00.123456Z', '2026-07-02T00:30:00+02:00'],
    ['America/St_Johns', '2026-11-22T01:00:00Z', '2026-11-21T21:30:00-03:30'],
    ['UTC', '2026-11-22T01:00:00Z', '2026-11-22T01:00:00+00:00'],
  ])('is the reader’s own, in %s, and says how far from UTC', (zone, instant, told) => {
    process.env.TZ = zone;
    expect(csvTime(instant)).toBe(told);
  });

  it.each([
    ['Asia/Tokyo', '2026-11-22T22:59:59Z', '2026-11-23T07:59:59+09:00'],
    ['America/St_Johns', '2026-11-22T01:00:00Z', '2026-11-21T21:30:00-03:30'],
    ['Nowhere/Land', '2026-11-22T01:00:00Z', '2026-11-22T01:00:00+00:00'],
  ])('is that of %s where the page shows it', (zone, instant, told) => {
    process.env.TZ = 'Europe/Berlin';
    expect(csvTime(instant, zone)).toBe(told);
  });

  it('is nothing where there is none', () => {
    expect(csvTime(null)).toBeNull();
  });
});
