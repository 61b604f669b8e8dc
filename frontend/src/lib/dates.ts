/** Instants and calendar days. A day belongs to a store's time zone and travels as "2026-03-01". */

export type Day = string;

export interface DayRange {
  from: Day;
  to: Day;
}

const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/;

export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string' || !DAY_PATTERN.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** The calendar day an instant falls on in a time zone; UTC when the zone is unknown to the browser. */
export function dayIn(timeZone: string, instant: Date = new Date()): Day {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone }).format(instant);
  } catch {
    return instant.toISOString().slice(0, 10);
  }
}

/** The zone of whoever reads. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** How far a zone's clock is ahead of UTC's at an instant; UTC when the zone is unknown to the browser. */
export function minutesAhead(instant: Date, timeZone: string): number {
  try {
    const options = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' } as const;
    // Swedes write dates as machines do: "2026-11-22 23:59:59".
    const clock = new Intl.DateTimeFormat('sv-SE', options).format(instant);
    return Math.round((Date.parse(`${clock.replace(' ', 'T')}Z`) - instant.getTime()) / 60_000);
  } catch {
    return 0;
  }
}

const utc = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const toDay = (date: Date): Day => date.toISOString().slice(0, 10);

export function addDays(day: Day, count: number): Day {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + count);
  return toDay(date);
}

/** Days in a range, both ends counted. */
export function daysIn(range: DayRange): number {
  return Math.round((utc(range.to).getTime() - utc(range.from).getTime()) / 86_400_000) + 1;
}

/** The first day of the month `shift` months away. */
export function monthStart(day: Day, shift = 0): Day {
  const date = utc(day);
  return toDay(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + shift, 1)));
}

export function quarterStart(day: Day, shift = 0): Day {
  const date = utc(day);
  const month = Math.floor(date.getUTCMonth() / 3) * 3 + shift * 3;
  return toDay(new Date(Date.UTC(date.getUTCFullYear(), month, 1)));
}

export function yearStart(day: Day, shift = 0): Day {
  return `${Number(day.slice(0, 4)) + shift}-01-01`;
}

/** "3 Mar 2026"; the year can be left out where it is plain. */
export function formatDay(day: Day, options: { weekday?: boolean; year?: boolean } = {}): string {
  return new Intl.DateTimeFormat(undefined, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(options.year === false ? {} : { year: 'numeric' }),
    ...(options.weekday ? { weekday: 'short' } : {}),
  }).format(utc(day));
}

/** "1 – 31 Mar 2026" in the reader's locale. */
export function formatRange(range: DayRange): string {
  const format = new Intl.DateTimeFormat(undefined, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  return range.from === range.to ? format.format(utc(range.from)) : format.formatRange(utc(range.from), utc(range.to));
}

export type TimeDetail = 'date' | 'minute' | 'second' | 'time';

const DETAILS: Record<TimeDetail, Intl.DateTimeFormatOptions> = {
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  minute: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  second: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  time: { hour: '2-digit', minute: '2-digit' },
};

const instants = new Map<string, Intl.DateTimeFormat>();

/** An instant in a time zone (the reader's own when none is given). */
export function formatInstant(iso: string, timeZone?: string, detail: TimeDetail = 'minute'): string {
  const key = `${timeZone}|${detail}`;
  let format = instants.get(key);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat(undefined, { ...DETAILS[detail], ...(timeZone ? { timeZone } : {}) });
    } catch {
      format = new Intl.DateTimeFormat(undefined, { ...DETAILS[detail], timeZone: 'UTC' });
    }
    instants.set(key, format);
  }
  return format.format(new Date(iso));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** The page's words, with the digits the reader's locale has. */
const relative = new Intl.RelativeTimeFormat(`en-u-nu-${new Intl.NumberFormat().resolvedOptions().numberingSystem}`, {
  numeric: 'auto',
});

/** "5 minutes ago", "in 2 hours", "just now" within a minute. */
export function formatRelative(iso: string, now: Date = new Date()): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  if (Math.abs(seconds) < 60) return seconds > 5 ? 'in under a minute' : 'just now';
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return 'just now';
}
