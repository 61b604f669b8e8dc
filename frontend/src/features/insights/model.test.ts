import { describe, expect, it } from 'vitest';
import { formatPoints } from '~/lib/format';
import type { Overview, OverviewTile, Timeseries } from '~/api/types';
import {
  brokenParts,
  chartPoints,
  customerSeries,
  figureOf,
  readInsightSearch,
  returningShares,
  salesSeries,
  senseOf,
  sentenceWords,
  tileError,
} from './model';

const tile = (over: Partial<OverviewTile>): OverviewTile => ({
  key: 'total_sales',
  label: 'Total sales',
  unit: 'money',
  value: '1234.50',
  previous: '1000.00',
  change: '0.2345',
  definition: 'd',
  differsFromShopify: null,
  sparkline: [],
  ...over,
});

const point = (date: string, totalSales: string, over = {}) => ({
  date,
  orders: 1,
  revenue: totalSales,
  grossSales: totalSales,
  discounts: '0.00',
  returns: '0.00',
  netSales: totalSales,
  totalSales,
  refunded: '0.00',
  newCustomers: 1,
  returningCustomers: 2,
  ...over,
});

const series = (over: Partial<Timeseries> = {}): Timeseries => ({
  interval: 'day',
  timeZone: 'Europe/London',
  currency: 'GBP',
  points: [point('2026-03-01', '0.10'), point('2026-03-02', '0.20')],
  previous: [point('2026-02-27', '5.00')],
  ...over,
});

describe('a sentence', () => {
  it('has its amounts as the reader writes them, each in its place', () => {
    const amounts = [
      { text: 'US$3.00', amount: '3.00', currency: 'USD' },
      { text: 'US$3.00', amount: '3.00', currency: 'USD' },
      { text: 'not there', amount: '1.00', currency: 'USD' },
    ];
    const text = 'US$3.00, level with the day before (US$3.00).';
    expect(sentenceWords({ key: 'k', direction: 'flat', text, amounts })).toBe(
      '$3.00, level with the day before ($3.00).',
    );
    expect(sentenceWords({ key: 'k', direction: 'flat', text: '2 orders.', amounts: [] })).toBe('2 orders.');
  });
});

describe('figures', () => {
  it('are written by their unit', () => {
    expect(figureOf(tile({}), 'GBP')?.value).toBe('£1,234.50');
    expect(figureOf(tile({ unit: 'count', value: '12345' }), 'GBP')?.value).toBe('12,345');
    expect(figureOf(tile({ unit: 'ratio', value: '0.1234' }), 'GBP')?.value).toBe('12.3%');
    expect(figureOf(tile({ value: null }), 'GBP')).toBeNull();
  });

  it('know which way is good', () => {
    expect(senseOf('total_sales')).toBe('up-good');
    expect(senseOf('refunds')).toBe('up-bad');
    expect(senseOf('taxes')).toBe('neutral');
    expect(senseOf('returns')).toBe('up-bad');
  });

  it('that are taken off the sum move as the amount does: more returns are more, and worse', () => {
    const returns = { value: '-147.50', previous: '-100.00', change: '-0.4750' };
    expect(figureOf(tile({ key: 'returns', ...returns }), 'GBP')).toMatchObject({ change: '0.4750', sense: 'up-bad' });
    expect(figureOf(tile({ key: 'discounts', ...returns }), 'GBP')).toMatchObject({
      change: '0.4750',
      sense: 'neutral',
    });
    expect(figureOf(tile({ key: 'returns', ...returns, change: null }), 'GBP')?.change).toBeNull();
    expect(figureOf(tile({ key: 'net_sales', change: '-0.1' }), 'GBP')?.change).toBe('-0.1');
  });

  it('tell a part that failed from a figure that does not exist', () => {
    const overview = { errors: [{ part: 'customers', code: 'PART_UNAVAILABLE' }] } as unknown as Overview;
    expect(tileError(overview, 'returning_rate')).toBe('PART_UNAVAILABLE');
    expect(tileError(overview, 'aov')).toBeNull();
    expect(brokenParts(overview.errors)).toBe('Customer figures');
  });
});

describe('charts', () => {
  it('add up exactly', () => {
    expect(salesSeries(series(), 'totalSales', 'Total sales')[0]?.total).toBe('£0.30');
  });

  it('lay the period before over this one, with holes where it is shorter', () => {
    expect(salesSeries(series(), 'totalSales', 'Total sales')[1]?.values).toEqual(['5.00', null]);
    expect(salesSeries(series(), 'totalSales', 'Total sales')[1]?.days).toEqual(['2026-02-27', null]);
    expect(salesSeries(series({ previous: [] }), 'totalSales', 'Total sales')).toHaveLength(1);
  });

  it('never add people over days', () => {
    expect(customerSeries(series()).map((one) => one.total)).toEqual([null, null]);
  });

  it('name weeks and months by what they span', () => {
    expect(chartPoints(series({ interval: 'week' }))[0]?.long).toMatch(/1.*7/);
    expect(chartPoints(series({ interval: 'month' }))[0]?.long).toMatch(/Mar 2026/);
  });
});

it('a share moves by points', () => {
  const rate = figureOf(tile({ unit: 'ratio', value: '0.1270', previous: '0.1000', change: '0.2700' }), 'GBP');
  expect(rate).toMatchObject({ change: '0.0270', changeIn: 'points' });
  expect(formatPoints('0.0270')).toBe('+2.7 pts');
  expect(figureOf(tile({}), 'GBP')?.changeIn).toBeUndefined();
});

it('a day under way says so, a day that is over does not', () => {
  const days = { interval: 'day', points: [{ date: '2026-03-09' }, { date: '2026-03-10' }] } as unknown as Timeseries;
  expect(chartPoints(days, '2026-03-10').map((point) => point.unfinished)).toEqual([undefined, true]);
  expect(chartPoints(days, '2026-03-10')[1]?.long).toMatch(/so far today$/);
  expect(chartPoints(days, '2026-03-11')[1]?.unfinished).toBeUndefined();
});

it('returning customers are a share of the day’s, also of a day without any', () => {
  const counts = [
    [3, 1],
    [0, 0],
  ].map(([newCustomers, returningCustomers]) => ({ newCustomers, returningCustomers }));
  expect(returningShares({ points: counts } as unknown as Timeseries)).toEqual(['0.2500', null]);
});

it('the page’s address keeps only what it knows', () => {
  expect(readInsightSearch({ range: '7d', compare: 'year', currency: 'gbp', from: '2026-99-01' })).toEqual({
    range: '7d',
    compare: 'year',
  });
});
