/** What changed since yesterday, in words; and how the week, the month and everything stand. */
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import type { Period } from '~/api/types';
import { setApart } from '~/lib/bidi';
import { formatDay } from '~/lib/dates';
import { plural } from '~/lib/format';
import { Money } from '~/patterns/money';
import { QueryView } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { Panel } from '~/ui/panel';
import classes from './insights.module.css';
import { sentenceWords } from './model';
import { changesQuery, periodsQuery, type InsightScope } from './queries';

const ARROWS = { up: IconArrowUpRight, down: IconArrowDownRight, flat: IconArrowRight } as const;

export function ChangesPanel({ scope }: { scope: InsightScope }) {
  const { tenantId } = useSession();
  const changes = useQuery(changesQuery(tenantId, scope));
  const day = changes.data?.asOf.slice(0, 10);
  return (
    <Panel title="Since yesterday" note={day ? `As of ${setApart(formatDay(day, { weekday: true }))}` : '\u00a0'}>
      <QueryView
        query={changes}
        skeleton={<LinesSkeleton lines={5} />}
        empty={({ sentences }) => sentences.length === 0 && <p className="sk-muted">Nothing has changed.</p>}
      >
        {({ sentences }) => (
          <ul className={classes.changes}>
            {sentences.map((sentence) => {
              const Arrow = ARROWS[sentence.direction as keyof typeof ARROWS] ?? IconArrowRight;
              return (
                <li key={sentence.key}>
                  <Arrow size={16} stroke={1.75} aria-label={sentence.direction} role="img" />
                  <span>{sentenceWords(sentence)}</span>
                </li>
              );
            })}
          </ul>
        )}
      </QueryView>
    </Panel>
  );
}

const NAMES: Record<Period['period'], string> = { week: 'This week', month: 'This month', all: 'All time' };
const ORDER: Period['period'][] = ['week', 'month', 'all'];

interface PeriodsPanelProps {
  scope: InsightScope;
  /** While an import is under way the figures are read again every few seconds. */
  growing?: boolean;
}

export function PeriodsPanel({ scope, growing = false }: PeriodsPanelProps) {
  const { tenantId } = useSession();
  const periods = useQuery({ ...periodsQuery(tenantId, scope), refetchInterval: growing ? 3000 : false });
  return (
    <Panel title="So far" note="Orders placed and what they came to.">
      <div className={classes.periods}>
        <QueryView query={periods} skeleton={<LinesSkeleton lines={4} />} empty="never">
          {(data) => (
            <dl className={classes.figures}>
              {ORDER.map((name) => {
                const period = data.periods.find((one) => one.period === name);
                if (!period) return null;
                return (
                  <div key={name} className={classes.figure}>
                    <dt className={classes.figureName}>{NAMES[name]}</dt>
                    <dd className={classes.figureChange}>{plural(period.orders, 'order')}</dd>
                    <dd className={classes.figureValue}>
                      <Money amount={period.revenue} currency={data.currency} />
                    </dd>
                  </div>
                );
              })}
            </dl>
          )}
        </QueryView>
      </div>
    </Panel>
  );
}
