/** Counts, shares, durations and sizes for the eye. Money is in money.ts, dates in dates.ts. */
import { setApart } from './bidi';

const MINUS = '\u2212';
const counts = new Intl.NumberFormat(undefined);
const compactCounts = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export function formatCount(value: number | string): string {
  return counts.format(value as number).replace('-', MINUS);
}

export function formatCompactCount(value: number): string {
  return compactCounts.format(value);
}

/** "12.3%" for the fraction "0.1234". */
export function formatShare(fraction: string, digits = 1): string {
  const format = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: digits });
  return format.format(fraction as `${number}`).replace('-', MINUS);
}

/** "+12.3%" or "−4%": how much something moved, from a fraction; ">+999%" off a base so small that the number says nothing. */
export function formatChange(fraction: string): string {
  const far = Math.abs(Number(fraction)) >= 10;
  const [told, beyond] = far ? (Number(fraction) < 0 ? ['-9.99', '<'] : ['9.99', '>']) : [fraction, ''];
  const options = { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' } as const;
  const moved = new Intl.NumberFormat(undefined, options).format(told as `${number}`).replace('-', MINUS);
  return beyond + moved;
}

/** "+2.7 pts": how far a share moved, from the difference of two fractions. */
export function formatPoints(difference: string): string {
  const options = { maximumFractionDigits: 1, signDisplay: 'exceptZero' } as const;
  const points = new Intl.NumberFormat(undefined, options).format(Number(difference) * 100);
  return `${setApart(points.replace('-', MINUS))} pts`;
}

/** "1 order", "2 orders". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "42 s", "3 min 5 s", "2 h 10 min": two largest parts, from milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return plural(Math.floor(hours / 24), 'day');
}

/** "every 5 minutes", "every hour", "every 6 hours". */
export function formatInterval(minutes: number): string {
  if (minutes === 1) return 'every minute';
  if (minutes < 60) return `every ${minutes} minutes`;
  if (minutes === 60) return 'every hour';
  if (minutes % 60 === 0 && minutes < 1440) return `every ${minutes / 60} hours`;
  if (minutes === 1440) return 'every day';
  return `every ${minutes} minutes`;
}

/** "PARTIALLY_REFUNDED" → "Partially refunded". */
export function humanise(code: string): string {
  const words = code
    .replace(/[_.:-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "store.role_changed" → "Store: role changed". */
export function actionWords(action: string): string {
  const at = action.indexOf('.');
  if (at < 0) return humanise(action);
  return `${humanise(action.slice(0, at))}: ${humanise(action.slice(at + 1)).toLowerCase()}`;
}

/** Two letters that stand for a name: "Ada Lovelace" → "AL", "acme" → "AC". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const [first = '', second] = words;
  const letters = second ? [...first].slice(0, 1).concat([...second].slice(0, 1)) : [...first].slice(0, 2);
  return letters.join('').toUpperCase() || '?';
}
