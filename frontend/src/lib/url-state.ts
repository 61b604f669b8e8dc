/** Reading and writing a page's state in the address bar: flat, readable, forgiving of what people type there. */
import { isDay, type Day } from './dates';

export type RawSearch = Record<string, unknown>;

/** `?q=1001&store=…` → strings only; the last of a repeated name wins. */
export function parseSearch(text: string): RawSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The other way round; empty, false-y-by-absence values are left out and names are kept in a stable order. */
export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '') continue;
    params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

/** Trimmed text, or undefined when there is none; longer than `max` is cut. */
export function text(value: unknown, max = 200): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const trimmed = String(value).trim().slice(0, max);
  return trimmed || undefined;
}

/** One of the allowed words, or undefined. */
export function oneOf<const T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((option) => option === value);
}

export function flag(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return undefined;
}

export function day(value: unknown): Day | undefined {
  return isDay(value) ? value : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function uuid(value: unknown): string | undefined {
  return typeof value === 'string' && UUID.test(value) ? value : undefined;
}

/** Three capital letters, as ISO 4217 has them, or undefined. */
export function currencyCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined;
}

/** T with every member that may be undefined made optional. */
export type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined members, so that equal states make equal keys. */
export function compact<T extends object>(state: T): Compact<T> {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as Compact<T>;
}

/** A path on this site to come back to after signing in; anything else is home. */
export function safeReturnPath(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/') || value.startsWith('//') || value.includes('\\')) return '/';
  return value.startsWith('/sign-') ? '/' : value;
}

/**
 * What sorting a column next means: its first direction, then the other, and so on; where there is but one, the page's own order
 * again. Undefined stands for the page's own order.
 */
export function nextSort(
  current: string | undefined,
  options: readonly [string, ...string[]],
  fallback: string,
): string | undefined {
  const at = options.indexOf(current ?? fallback);
  if (at === 0 && options.length === 1) return undefined;
  const next = options[at + 1] ?? (at === -1 ? options[0] : undefined);
  const wanted = next ?? options[0];
  return wanted === fallback ? undefined : wanted;
}
