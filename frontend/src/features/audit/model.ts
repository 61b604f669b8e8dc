/** How audit entries read. Pure. */
import type { AuditEntry } from '~/api/types';
import { isPreset, resolveRange, type Preset } from '~/lib/date-range';
import { humanise } from '~/lib/format';
import { compact, day, text, type RawSearch } from '~/lib/url-state';
import type { AuditFilters } from './queries';

export interface AuditSearch {
  action?: string;
  range?: Preset;
  from?: string;
  to?: string;
}

export function readAuditSearch(raw: RawSearch): AuditSearch {
  return compact({
    action: text(raw.action, 80),
    range: isPreset(raw.range) ? raw.range : undefined,
    from: day(raw.from),
    to: day(raw.to),
  });
}

export function auditDays(search: AuditSearch, today: string) {
  const custom = search.from !== undefined && search.to !== undefined;
  return search.range || custom ? resolveRange(search, today) : null;
}

export function auditFilters(search: AuditSearch, today: string): AuditFilters {
  const days = auditDays(search, today);
  return compact({ action: search.action, from: days?.from, to: days?.to });
}

export function actorWords(actor: AuditEntry['actor']): string {
  return actor.name || humanise(actor.kind);
}
