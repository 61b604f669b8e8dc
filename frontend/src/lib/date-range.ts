/** The choice of dates a page shows: named presets or two days, with what to compare against. Pure; lives in the URL. */
import { addDays, daysIn, isDay, monthStart, quarterStart, yearStart, type Day, type DayRange } from './dates';
import { day, type RawSearch } from './url-state';

export const PRESETS = {
  today: 'Today',
  yesterday: 'Yesterday',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  mtd: 'Month to date',
  qtd: 'Quarter to date',
  ytd: 'Year to date',
  'last-month': 'Last month',
  'last-quarter': 'Last quarter',
  'last-year': 'Last year',
} as const;

export type Preset = keyof typeof PRESETS;
export type Compare = 'previous' | 'year' | 'none';

export const COMPARISONS: Record<Compare, string> = {
  previous: 'Previous period',
  year: 'Same days last year',
  none: 'No comparison',
};

/** What the URL carries: a preset, or two days. */
export interface RangeChoice {
  range?: Preset;
  from?: Day;
  to?: Day;
}

/**
 * The choice in an address. A pair of days wins over a name; half a pair, or one that ends before it begins, stands for no days
 * and is dropped, so that nothing stays in the address that the page does not show.
 */
export function readRange(raw: RawSearch): RangeChoice {
  const [from, to] = [day(raw.from), day(raw.to)];
  if (from && to && from <= to) return { from, to };
  return isPreset(raw.range) ? { range: raw.range } : {};
}

export const isPreset = (text: unknown): text is Preset => typeof text === 'string' && text in PRESETS;

/** A preset's days, `today` being the store's own day. Rolling presets include today, as Shopify's do. */
export function presetRange(preset: Preset, today: Day): DayRange {
  const back = (count: number): DayRange => ({ from: addDays(today, -count), to: today });
  const until = (start: Day, next: Day): DayRange => ({ from: start, to: addDays(next, -1) });
  switch (preset) {
    case 'today':
      return back(0);
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case '7d':
      return back(6);
    case '30d':
      return back(29);
    case '90d':
      return back(89);
    case 'mtd':
      return { from: monthStart(today), to: today };
    case 'qtd':
      return { from: quarterStart(today), to: today };
    case 'ytd':
      return { from: yearStart(today), to: today };
    case 'last-month':
      return until(monthStart(today, -1), monthStart(today));
    case 'last-quarter':
      return until(quarterStart(today, -1), quarterStart(today));
    case 'last-year':
      return until(yearStart(today, -1), yearStart(today));
  }
}

/** The days a choice stands for. Custom days win; a half or reversed pair falls back to the preset. */
export function resolveRange(choice: RangeChoice, today: Day, fallback: Preset = '30d'): DayRange {
  if (choice.from && choice.to && isDay(choice.from) && isDay(choice.to) && choice.from <= choice.to) {
    return { from: choice.from, to: choice.to };
  }
  return presetRange(choice.range ?? fallback, today);
}

/** How a choice is named on a button: "Last 30 days", or null for custom days (the days themselves are shown). */
export function rangeLabel(choice: RangeChoice, fallback: Preset = '30d'): string | null {
  return choice.from && choice.to ? null : PRESETS[choice.range ?? fallback];
}

/** The step a chart of this many days is drawn in, so that points stay between about 7 and 100. */
export function intervalFor(range: DayRange): 'day' | 'week' | 'month' {
  const days = daysIn(range);
  if (days <= 93) return 'day';
  return days <= 550 ? 'week' : 'month';
}
