/** What a chart draws, as a file: exact values, money named by its currency, and other days beside their figures. */
import { toCsv } from '~/lib/csv';
import type { ChartPoint, ChartSeries } from './series';

export function chartCsv(points: readonly ChartPoint[], series: readonly ChartSeries[]): string {
  const header = series.flatMap(({ label, currency, days }) => [
    ...(days ? [`${label}: date`] : []),
    currency ? `${label} (${currency})` : label,
  ]);
  const rows = points.map(({ day }, index) => [
    day,
    ...series.flatMap(({ days, values }) => [...(days ? [days[index]] : []), values[index]]),
  ]);
  return toCsv(['Date', ...header], rows);
}
