/** What a chart draws: days (or weeks, months) along the bottom, one or more exact series over them. */
import { setApart } from '~/lib/bidi';

export interface ChartPoint {
  /** ISO day the point starts on. */
  day: string;
  short: string;
  long: string;
  /** Not over yet: its figures still grow. */
  unfinished?: boolean;
}

export interface ChartSeries {
  id: string;
  label: string;
  color: 'chart-1' | 'chart-2' | 'chart-3';
  look: 'area' | 'dashed' | 'bar';
  /** Exact values as the API sent them; null where this series has no point. */
  values: readonly (string | null)[];
  /** The ISO days the values are of, where these are not the chart's own. */
  days?: readonly (string | null)[];
  /** Of money: exported figures bear no sign, so the head of their column names it. */
  currency?: string;
  format: (value: string) => string;
  formatAxis: (value: number) => string;
  /** The whole range in one figure, already formatted; shown while no point is looked at. */
  total: string | null;
}

/** A point read aloud: "Tue 4 Nov 2026. Sales £1,204.50. Previous £980.00." */
export function describePoint(points: readonly ChartPoint[], series: readonly ChartSeries[], index: number): string {
  const parts = series.map((one) => `${one.label} ${setApart(valueAt(one, index) ?? 'no value')}`);
  return `${setApart(points[index]?.long ?? '')}. ${parts.join('. ')}.`;
}

export function valueAt(series: ChartSeries, index: number): string | null {
  const raw = series.values[index] ?? null;
  return raw === null ? null : series.format(raw);
}

/** Where a key moves to; undefined when the key is not ours, null to let go. */
export function nextPoint(key: string, active: number | null, last: number): number | null | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return active === null ? 0 : Math.min(last, active + 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return active === null ? last : Math.max(0, active - 1);
    case 'PageUp':
      return Math.min(last, (active ?? 0) + 7);
    case 'PageDown':
      return Math.max(0, (active ?? last) - 7);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}
