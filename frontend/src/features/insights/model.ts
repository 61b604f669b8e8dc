/** How the dashboard's figures are read: which way is good, how they are written, what its address holds. Pure. */
import type { Changes, Overview, OverviewTile, Timeseries } from '~/api/types';
import { readRange, type Compare, type Preset } from '~/lib/date-range';
import { setApart } from '~/lib/bidi';
import { addDays, formatDay, formatRange } from '~/lib/dates';
import { negateDecimal, sumDecimals } from '~/lib/decimal';
import { formatCompactCount, formatCount, formatShare } from '~/lib/format';
import { formatMoney } from '~/lib/money';
import { compact, currencyCode, oneOf, type RawSearch } from '~/lib/url-state';
import type { ChartPoint, ChartSeries } from '~/patterns/chart/series';
import type { TileFigure } from '~/patterns/tile';

export const DEFAULT_RANGE: Preset = '30d';
export const DEFAULT_COMPARE: Compare = 'previous';

export interface InsightSearch {
  range?: Preset;
  from?: string;
  to?: string;
  compare?: Compare;
  currency?: string;
}

export function readInsightSearch(raw: RawSearch): InsightSearch {
  return compact({
    ...readRange(raw),
    compare: oneOf(raw.compare, ['previous', 'year', 'none'] as const),
    currency: currencyCode(raw.currency),
  });
}

/** The five figures that lead, and the two lists under them. */
export const HERO = ['total_sales', 'orders', 'aov', 'returning_rate', 'refunds'] as const;
export const LEDGER = ['gross_sales', 'discounts', 'returns', 'net_sales', 'shipping', 'taxes', 'total_sales'] as const;
export const PEOPLE = ['customers', 'new_customers', 'returning_customers', 'fulfilled', 'pending'] as const;

const UP_IS_BAD = new Set(['refunds', 'returns', 'pending']);
const NEITHER = new Set(['discounts', 'taxes', 'shipping']);
/** Sent as what they take off the sum; how they moved is told of the amount, as of any other: more of them is more. */
const TAKEN_OFF = new Set(['discounts', 'returns']);

export function senseOf(key: string): TileFigure['sense'] {
  if (NEITHER.has(key)) return 'neutral';
  return UP_IS_BAD.has(key) ? 'up-bad' : 'up-good';
}

export function formatValue(value: string, unit: OverviewTile['unit'], currency: string): string {
  if (unit === 'money') return formatMoney(value, currency);
  return unit === 'ratio' ? formatShare(value) : formatCount(value);
}

export function figureOf(tile: OverviewTile, currency: string): TileFigure | null {
  if (tile.value === null) return null;
  return {
    label: tile.label,
    value: formatValue(tile.value, tile.unit, currency),
    previous: tile.previous === null ? null : formatValue(tile.previous, tile.unit, currency),
    ...changeOf(tile),
    sense: senseOf(tile.key),
    definition: tile.definition,
    differs: tile.differsFromShopify,
    sparkline: tile.sparkline,
  };
}

/** A share is compared by the points it moved: from 10% to 12.7% is 2.7 points, not "+27%". */
function changeOf({ key, unit, value, previous, change }: OverviewTile): Pick<TileFigure, 'change' | 'changeIn'> {
  if (unit !== 'ratio') return { change: change !== null && TAKEN_OFF.has(key) ? negateDecimal(change) : change };
  const known = value !== null && previous !== null;
  return { change: known ? sumDecimals([value, negateDecimal(previous)]) : null, changeIn: 'points' };
}

/** The share of customers who had ordered before, one a point; null where nobody ordered. */
export function returningShares(series: Timeseries): (string | null)[] {
  return series.points.map(({ newCustomers, returningCustomers }) => {
    const all = newCustomers + returningCustomers;
    return all === 0 ? null : (returningCustomers / all).toFixed(4);
  });
}

/** What a figure without a value says in its place. */
export function nothingWords(key: string): string {
  return key === 'returning_rate' ? 'No customers' : 'No orders';
}

const ABOUT_PEOPLE = new Set(['customers', 'new_customers', 'returning_customers', 'returning_rate']);

/** The error that left a tile without its value, or null where it simply has none (no orders: no average). */
export function tileError(overview: Overview, key: string): string | null {
  const part = ABOUT_PEOPLE.has(key) ? 'customers' : 'sales';
  return overview.errors.find((error) => error.part === part || error.part === key)?.code ?? null;
}

const PARTS: Record<string, string> = {
  sales: 'sales figures',
  customers: 'customer figures',
  previous_sales: 'the sales to compare with',
  previous_customers: 'the customers to compare with',
};

/** "Customer figures and the sales to compare with" for the parts that failed. */
export function brokenParts(errors: Overview['errors']): string {
  const names = errors.map((error) => PARTS[error.part] ?? error.part.replaceAll('_', ' '));
  const text = new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A sentence with its amounts as this reader writes them. */
export function sentenceWords({ text, amounts }: Changes['sentences'][number]): string {
  let [said, rest] = ['', text];
  for (const { text: worded, amount, currency } of amounts) {
    const at = rest.indexOf(worded);
    if (at < 0) continue;
    said += rest.slice(0, at) + setApart(formatMoney(amount, currency));
    rest = rest.slice(at + worded.length);
  }
  return said + rest;
}

/** How the compared period is named beside a change. */
export function comparedWith(overview: Pick<Overview, 'previousFrom' | 'previousTo'>): string | null {
  const { previousFrom, previousTo } = overview;
  return previousFrom && previousTo ? formatRange({ from: previousFrom, to: previousTo }) : null;
}

/** The days (weeks, months) along a chart; one that `today` falls into says that it is not over. */
export function chartPoints(series: Timeseries, today?: string): ChartPoint[] {
  const lasts = { day: 0, week: 6, month: 30 } as const;
  return namedPoints(series).map((point, index, all) => {
    const open =
      index === all.length - 1 && !!today && point.day <= today && today <= addDays(point.day, lasts[series.interval]);
    if (!open) return point;
    return {
      ...point,
      long: `${setApart(point.long)}, so far${series.interval === 'day' ? ' today' : ''}`,
      unfinished: true,
    };
  });
}

function namedPoints(series: Timeseries): ChartPoint[] {
  return series.points.map(({ date }) => {
    if (series.interval === 'month') {
      const month = new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', year: 'numeric' });
      const name = month.format(new Date(`${date}T00:00:00Z`));
      return { day: date, short: name, long: name };
    }
    const short = formatDay(date, { year: false });
    if (series.interval === 'week')
      return { day: date, short, long: formatRange({ from: date, to: addDays(date, 6) }) };
    return { day: date, short, long: formatDay(date, { weekday: true }) };
  });
}

type MoneyField = 'totalSales' | 'netSales' | 'grossSales';
type CountField = 'orders' | 'newCustomers' | 'returningCustomers';

const sum = (values: readonly string[]) => sumDecimals(values);

export function salesSeries(series: Timeseries, field: MoneyField, label: string): ChartSeries[] {
  const money = (value: string) => formatMoney(value, series.currency);
  const formatAxis = (value: number) => formatMoney(String(value), series.currency, { compact: true });
  const now = series.points.map((point) => point[field]);
  const then = series.previous.map((point) => point[field]);
  const base = { format: money, formatAxis, currency: series.currency };
  return [
    { ...base, id: 'now', label, color: 'chart-1', look: 'area', values: now, total: money(sum(now)) },
    ...before(base, series, then, money),
  ];
}

export function orderSeries(series: Timeseries): ChartSeries[] {
  const count = (value: string) => formatCount(value);
  const base = { format: count, formatAxis: formatCompactCount };
  const now = series.points.map((point) => String(point.orders));
  const then = series.previous.map((point) => String(point.orders));
  return [
    { ...base, id: 'now', label: 'Orders', color: 'chart-1', look: 'area', values: now, total: count(sum(now)) },
    ...before(base, series, then, count),
  ];
}

type Formats = Pick<ChartSeries, 'format' | 'formatAxis' | 'currency'>;

/** The compared period, laid over this one day by day; it may be a day shorter or longer. */
function before(
  base: Formats,
  { points, previous }: Timeseries,
  then: string[],
  show: (value: string) => string,
): ChartSeries[] {
  if (then.length === 0) return [];
  const values = points.map((_, index) => then[index] ?? null);
  const days = points.map((_, index) => previous[index]?.date ?? null);
  const total = show(sum(then));
  return [{ ...base, id: 'then', label: 'Before', color: 'chart-3', look: 'dashed', values, days, total }];
}

/** People are not added over days: one who ordered twice would count twice. So there is no total. */
export function customerSeries(series: Timeseries): ChartSeries[] {
  const format = (value: string) => formatCount(value);
  const values = (field: CountField) => series.points.map((point) => String(point[field]));
  const base = { look: 'bar', format, formatAxis: formatCompactCount, total: null } as const;
  return [
    { ...base, id: 'returning', label: 'Returning', color: 'chart-1', values: values('returningCustomers') },
    { ...base, id: 'new', label: 'New', color: 'chart-2', values: values('newCustomers') },
  ];
}
