/** What differs between two records, for showing before and after. Pure. */
import { humanise } from '~/lib/format';

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

type Fields = Record<string, unknown> | null;

export function changedFields(before: Fields, after: Fields): FieldChange[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((name) => ({ field: fieldName(name), before: before?.[name], after: after?.[name] }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** "syncIntervalMinutes" → "Sync interval minutes". */
export function fieldName(name: string): string {
  return humanise(name.replace(/([a-z])([A-Z])/g, '$1 $2'));
}

export function showValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
