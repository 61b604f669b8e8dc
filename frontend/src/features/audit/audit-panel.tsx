/** Who changed what, newest first. */
import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { AuditEntry } from '~/api/types';
import { dayIn } from '~/lib/dates';
import { actionWords } from '~/lib/format';
import { DateRange } from '~/patterns/date-range';
import { EmptyState, FilteredEmpty } from '~/patterns/empty-state';
import { FilterPill } from '~/patterns/filter-bar';
import { NotForRole } from '~/patterns/not-for-role';
import { ProblemView, RequestId } from '~/patterns/problem-view';
import { StaleNotice } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { Timeline, type TimelineEvent } from '~/patterns/timeline';
import { Panel } from '~/ui/panel';
import classes from './audit.module.css';
import { actorWords, auditDays, auditFilters, isFiltered, type AuditSearch } from './model';
import { auditQuery } from './queries';

interface AuditPanelProps {
  search: AuditSearch;
  onSearch: (change: Partial<AuditSearch>) => void;
  onClear: () => void;
}

export function AuditPanel(props: AuditPanelProps) {
  const { can } = useSession();
  if (can('audit:read')) return <AuditLog {...props} />;
  return (
    <Panel title="Audit log">
      <NotForRole title="Owners and admins see the audit log" />
    </Panel>
  );
}

function AuditLog({ search, onSearch, onClear }: AuditPanelProps) {
  const { tenantId } = useSession();
  const { timeZone } = useStores();
  const today = dayIn(timeZone);
  const query = useInfiniteQuery(auditQuery(tenantId, auditFilters(search, today)));
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const actions = [...new Set([...entries.map((entry) => entry.action), search.action])].filter(
    (one) => one !== undefined,
  );
  const filtered = isFiltered(search);
  return (
    <Panel title="Audit log" note="Every change made in this account, by whom, and what it was before.">
      <div className={classes.filters}>
        <FilterPill
          label="Action"
          value={search.action}
          options={actions.map((action) => ({ value: action, label: actionWords(action) }))}
          onChange={(action) => onSearch({ action })}
        />
        <DateRange
          choice={search}
          range={auditDays(search, today)}
          timeZone={timeZone}
          today={today}
          label="Any date"
          onChange={({ range, from, to }) => onSearch({ range, from, to })}
          onClear={() => onSearch({ range: undefined, from: undefined, to: undefined })}
        />
      </div>
      {query.isPending && <LinesSkeleton lines={10} />}
      {query.isError && !query.data && <ProblemView problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isError && query.data && (
        <StaleNotice problem={query.error} since={query.dataUpdatedAt} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess &&
        entries.length === 0 &&
        (filtered ? <FilteredEmpty what="entries" onClear={onClear} /> : <NoEntries />)}
      {entries.length > 0 && <Timeline timeZone={timeZone} events={entries.map(toEvent)} />}
      {query.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      )}
    </Panel>
  );
}

function NoEntries() {
  return (
    <EmptyState icon={<IconHistory size={28} stroke={1.5} />} title="Nothing yet">
      Signing in, connecting a store or changing a setting leaves an entry here.
    </EmptyState>
  );
}

function toEvent(entry: AuditEntry): TimelineEvent {
  return {
    id: entry.id,
    at: entry.at,
    actorKind: entry.actor.kind,
    actorName: actorWords(entry.actor),
    summary: entry.summary.trim() || actionWords(entry.action),
    before: entry.before,
    after: entry.after,
    aside: (
      <span className={classes.request}>
        <code>{entry.action}</code> <RequestId id={entry.requestId} />
      </span>
    ),
  };
}
