/** The dashboard's three charts, all from one series of days. */
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ApiProblem } from '~/api/problem';
import { useStores } from '~/api/stores';
import type { Timeseries } from '~/api/types';
import { Chart, ChartSkeleton } from '~/patterns/chart/chart';
import type { ChartSeries } from '~/patterns/chart/series';
import { QueryView } from '~/patterns/query-view';
import { Panel } from '~/ui/panel';
import { chartPoints, customerSeries, orderSeries, salesSeries } from './model';

interface ChartPartProps {
  series: UseQueryResult<Timeseries, ApiProblem>;
}

interface SeriesChartProps extends ChartPartProps {
  name: string;
  title: string;
  height: number;
  whole?: boolean;
  note?: string;
  pick: (data: Timeseries) => ChartSeries[];
}

function SeriesChart({ series, name, title, height, whole, note, pick }: SeriesChartProps) {
  const view = (
    <QueryView query={series} skeleton={<ChartSkeleton title={title} height={height} />} empty="never">
      {(data) => <Drawn {...{ data, name, title, height, whole, note, pick }} />}
    </QueryView>
  );
  return series.isError && !series.data ? <Panel title={title}>{view}</Panel> : view;
}

function Drawn({ data, pick, ...rest }: Omit<SeriesChartProps, 'series'> & { data: Timeseries }) {
  const { today: todayThere } = useStores();
  const today = todayThere();
  const points = useMemo(() => chartPoints(data, today), [data, today]);
  const drawn = useMemo(() => pick(data), [data, pick]);
  return <Chart {...rest} points={points} series={drawn} timeZone={data.timeZone ?? 'each store’s time zone'} />;
}

const pickSales = (data: Timeseries) => salesSeries(data, 'totalSales', 'Total sales');

export function SalesChart({ series }: ChartPartProps) {
  return <SeriesChart series={series} name="sales" title="Total sales over time" height={336} pick={pickSales} />;
}

export function OrdersChart({ series }: ChartPartProps) {
  return <SeriesChart series={series} name="orders-over-time" title="Orders" height={200} whole pick={orderSeries} />;
}

export function CustomersChart({ series }: ChartPartProps) {
  return (
    <SeriesChart
      series={series}
      name="new-and-returning"
      title="New and returning customers"
      height={200}
      whole
      pick={customerSeries}
    />
  );
}
