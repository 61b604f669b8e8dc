import { describe, expect, it } from 'vitest';
import { addDays, dayIn, daysIn, formatInstant, formatRelative, isDay, monthStart, quarterStart } from './dates';
import { intervalFor, PRESETS, presetRange, rangeLabel, resolveRange, type Preset } from './date-range';

describe('days', () => {
  it('belong to a time zone', () => {
    const late = new Date('2026-03-01T23:30:00Z');
    expect(dayIn('Europe/London', late)).toBe('2026-03-01');
    expect(dayIn('Asia/Tokyo', late)).toBe('2026-03-02');
    expect(dayIn('America/Los_Angeles', new Date('2026-03-02T05:00:00Z'))).toBe('2026-03-01');
    expect(dayIn('Nowhere/Land', late)).toBe('2026-03-01');
  });

  it('are counted on the calendar, whatever the clocks do', () => {
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(daysIn({ from: '2026-03-01', to: '2026-03-31' })).toBe(31);
  });

  it('are checked when they come from outside', () => {
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2024-02-29')).toBe(true);
    expect(isDay('1/2/2026')).toBe(false);
    expect(isDay(undefined)).toBe(false);
  });

  it('know where months and quarters begin', () => {
    expect(monthStart('2026-01-31', -1)).toBe('2025-12-01');
    expect(quarterStart('2026-05-20')).toBe('2026-04-01');
    expect(quarterStart('2026-02-20', -1)).toBe('2025-10-01');
  });
});

describe('instants', () => {
  it('are written in the zone asked for, and in UTC when the zone is unknown', () => {
    expect(formatInstant('2026-03-01T23:30:00Z', 'Asia/Tokyo', 'time')).toMatch(/08:30/);
    expect(formatInstant('2026-03-01T23:30:00Z', 'Nowhere/Land', 'time')).toMatch(/11:30|23:30/);
  });

  it('are told as a distance', () => {
    const now = new Date('2026-03-01T12:00:00Z');
    expect(formatRelative('2026-03-01T11:59:40Z', now)).toBe('just now');
    expect(formatRelative('2026-03-01T11:55:00Z', now)).toBe('5 minutes ago');
    expect(formatRelative('2026-03-01T14:00:00Z', now)).toBe('in 2 hours');
  });
});

describe('ranges', () => {
  const today = '2026-03-10';
  const expected: Record<Preset, [string, string]> = {
    today: ['2026-03-10', '2026-03-10'],
    yesterday: ['2026-03-09', '2026-03-09'],
    '7d': ['2026-03-04', '2026-03-10'],
    '30d': ['2026-02-09', '2026-03-10'],
    '90d': ['2025-12-11', '2026-03-10'],
    mtd: ['2026-03-01', '2026-03-10'],
    qtd: ['2026-01-01', '2026-03-10'],
    ytd: ['2026-01-01', '2026-03-10'],
    'last-month': ['2026-02-01', '2026-02-28'],
    'last-quarter': ['2025-10-01', '2025-12-31'],
    'last-year': ['2025-01-01', '2025-12-31'],
  };
  it.each(Object.keys(PRESETS) as Preset[])('%s', (preset) => {
    const [from, to] = expected[preset];
    expect(presetRange(preset, today)).toEqual({ from, to });
  });

  it('take custom days, and fall back when these make no sense', () => {
    expect(resolveRange({ from: '2026-01-02', to: '2026-01-05' }, today)).toEqual({
      from: '2026-01-02',
      to: '2026-01-05',
    });
    expect(resolveRange({ from: '2026-01-05', to: '2026-01-02' }, today, '7d')).toEqual(presetRange('7d', today));
    expect(resolveRange({ from: '2026-01-05' }, today, 'today')).toEqual(presetRange('today', today));
  });

  it('have a name only when they are named', () => {
    expect(rangeLabel({})).toBe('Last 30 days');
    expect(rangeLabel({ from: '2026-01-02', to: '2026-01-05' })).toBeNull();
  });

  it('are drawn in steps that keep a chart readable', () => {
    expect(intervalFor({ from: '2026-01-01', to: '2026-03-31' })).toBe('day');
    expect(intervalFor({ from: '2025-01-01', to: '2025-12-31' })).toBe('week');
    expect(intervalFor({ from: '2020-01-01', to: '2025-12-31' })).toBe('month');
  });
});
