/** The dashboard: what came in, against when, from whom, for what. Each part loads and fails by itself. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import { intervalFor, resolveRange } from '~/lib/date-range';
import { compact } from '~/lib/url-state';
import { DateRange } from '~/patterns/date-range';
import { FilterPill } from '~/patterns/filter-bar';
import { Page } from '~/patterns/page';
import { StoreScopeChip } from '~/patterns/store-scope';
import { ChangesPanel, PeriodsPanel } from './changes-panel';
import { CustomersChart, OrdersChart, SalesChart } from './charts';
import classes from './insights.module.css';
import { FigureList } from './figure-list';
import { DEFAULT_COMPARE, DEFAULT_RANGE, LEDGER, PEOPLE, type InsightSearch } from './model';
import { overviewQuery, timeseriesQuery } from './queries';
import { HeroTiles } from './hero-tiles';
import { ShortHistory } from './short-history';
import { TopCustomers, TopProducts } from './top-panels';

interface InsightsPageProps {
  search: InsightSearch;
  onSearch: (change: Partial<InsightSearch>) => void;
  /** Shown above everything until a store is connected and imported. */
  guide: ReactNode;
}

export function InsightsPage({ search, onSearch, guide }: InsightsPageProps) {
  const { tenantId } = useSession();
  const { stores, current, timeZone, today: todayThere, mixedZones } = useStores();
  const today = todayThere();
  const range = resolveRange(search, today, DEFAULT_RANGE);
  const compare = search.compare ?? DEFAULT_COMPARE;
  const scope = compact({ storeId: current?.id, currency: search.currency });
  const asked = { ...scope, ...range, compare };
  const enabled = stores.length > 0;
  const overview = useQuery({ ...overviewQuery(tenantId, asked), enabled });
  const series = useQuery({ ...timeseriesQuery(tenantId, { ...asked, interval: intervalFor(range) }), enabled });
  const currencies = overview.data?.currencies ?? [];
  return (
    <Page
      title="Insights"
      scope={
        enabled && (
          <>
            <StoreScopeChip />
            <DateRange
              choice={search}
              range={range}
              timeZone={mixedZones ? null : timeZone}
              today={today}
              fallback={DEFAULT_RANGE}
              compare={compare}
              onChange={({ range: preset, from, to }) => onSearch({ range: preset, from, to })}
              onCompare={(next) => onSearch({ compare: next === DEFAULT_COMPARE ? undefined : next })}
            />
            {currencies.length > 1 && (
              <FilterPill
                label="Currency"
                value={overview.data?.currency}
                options={currencies.map((code) => ({ value: code, label: code }))}
                onChange={(currency) => onSearch({ currency })}
                lasting
              />
            )}
          </>
        )
      }
    >
      <div className={classes.grid}>
        {guide}
        {enabled && (
          <>
            <ShortHistory from={overview.data?.historyFrom ?? null} />
            <HeroTiles overview={overview} series={series.data} unfinished={range.to === today} />
            <div className={classes.wide}>
              <SalesChart series={series} />
            </div>
            <div className={classes.side}>
              <ChangesPanel scope={scope} />
              <PeriodsPanel scope={scope} />
            </div>
            <div className={classes.half}>
              <OrdersChart series={series} />
            </div>
            <div className={classes.half}>
              <CustomersChart series={series} />
            </div>
            <div className={classes.third}>
              <FigureList title="How total sales come about" keys={LEDGER} overview={overview} last />
            </div>
            <div className={classes.third}>
              <FigureList title="Customers and fulfilment" keys={PEOPLE} overview={overview} />
            </div>
            <div className={classes.third}>
              <TopCustomers scope={scope} currency={overview.data?.currency} />
            </div>
            <div className={classes.full}>
              <TopProducts asked={{ ...scope, ...range }} />
            </div>
          </>
        )}
      </div>
    </Page>
  );
}
