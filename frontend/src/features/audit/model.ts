/** How audit entries read. Pure. */
import type { AuditEntry } from '~/api/types';
import { readRange, resolveRange, type Preset } from '~/lib/date-range';
import { humanise } from '~/lib/format';
import { compact, text, type RawSearch } from '~/lib/url-state';
import type { AuditFilters } from './queries';

export interface AuditSearch {
  action?: string;
  range?: Preset;
  from?: string;
  to?: string;
}

export function readAuditSearch(raw: RawSearch): AuditSearch {
  return compact({ action: text(raw.action, 80), ...readRange(raw) });
}

export function auditDays(search: AuditSearch, today: string) {
  return search.range || search.from ? resolveRange(search, today) : null;
}

/** The store one comes from stays in the address, and is no filter here. */
export function isFiltered(search: AuditSearch): boolean {
  return [search.action, search.range, search.from].some((one) => one !== undefined);
}

export function auditFilters(search: AuditSearch, today: string): AuditFilters {
  const days = auditDays(search, today);
  return compact({ action: search.action, from: days?.from, to: days?.to });
}

export function actorWords(actor: AuditEntry['actor']): string {
  return actor.name || humanise(actor.kind);
}
