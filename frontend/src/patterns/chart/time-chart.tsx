/** The drawing itself. Loaded on its own, since the charting library is larger than the rest of a page. */
import '@mantine/charts/styles.layer.css';
import { BarChart, CompositeChart } from '@mantine/charts';
import { useMemo, type ReactElement } from 'react';
import { toPixelValue } from '~/lib/decimal';
import classes from './chart.module.css';
import { endLabelShifts, niceScale } from './scale';
import { valueAt, type ChartPoint, type ChartSeries } from './series';

interface TimeChartProps {
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  active: number | null;
  onActive: (index: number | null) => void;
  height: number;
  whole: boolean;
  /** Room for the series' names beside the ends of their lines. */
  wide: boolean;
}

const AXIS_HEIGHT = 38;

interface LabelPlace {
  index?: number;
  x?: number | string;
  y?: number | string;
}

const lastIndex = (series: ChartSeries) => series.values.findLastIndex((value) => value !== null);
const lastOf = (series: ChartSeries) => toPixelValue(series.values[lastIndex(series)] ?? null);

const tailOf = (id: string) => `${id}:open`;

type Row = { day: string } & Record<string, number | string | null>;

export default function TimeChart({ points, series, active, onActive, height, whole, wide }: TimeChartProps) {
  const bars = series[0]?.look === 'bar';
  // What is still under way would look like a fall: its stretch is dashed. One point alone has no stretch.
  const openAt = points.length > 1 && points.at(-1)?.unfinished ? points.length - 1 : -1;
  const data = useMemo<Row[]>(
    () =>
      points.map((point, index) => {
        const row: Row = { day: point.day };
        for (const one of series) {
          const raw = one.values[index] ?? null;
          const value = raw === null ? null : toPixelValue(raw);
          const open = one.look === 'area' && index === openAt;
          row[one.id] = open ? null : value;
          if (one.look === 'area' && openAt > 0 && index >= openAt - 1) row[tailOf(one.id)] = value;
        }
        return row;
      }),
    [points, series, openAt],
  );
  const scale = useMemo(() => {
    const rows = data.map((row) => series.map((one) => Number(row[one.id] ?? row[tailOf(one.id)] ?? 0)));
    const heights = bars ? rows.map((row) => row.reduce((sum, value) => sum + value, 0)) : rows.flat();
    return niceScale(heights, 4, whole);
  }, [data, series, bars, whole]);
  const shorts = useMemo(() => new Map(points.map((point) => [point.day, point.short])), [points]);

  const onMove = (state: { activeTooltipIndex?: number | string | null | undefined }) => {
    const index = state.activeTooltipIndex;
    onActive(index === null || index === undefined ? null : Number(index));
  };
  const labelled = !bars && series.length > 1 && wide;
  const shifts = useMemo(() => {
    const ends = series.map((one) => lastOf(one));
    return endLabelShifts(ends, scale, height - AXIS_HEIGHT);
  }, [series, scale, height]);
  const endLabel = (id: string) => {
    const at = series.findIndex((one) => one.id === id || tailOf(one.id) === id);
    const one = series[at];
    // The dashed stretch, where there is one, ends the line and bears its name.
    const ended = openAt > 0 && one?.look === 'area' && id === one.id;
    if (!labelled || !one || ended) return undefined;
    const last = lastIndex(one);
    return ({ index, x, y }: LabelPlace): ReactElement | null =>
      index === last ? (
        <text x={Number(x) + 6} y={Number(y) + 4 + (shifts[at] ?? 0)} className={classes.endLabel}>
          {one.label}
        </text>
      ) : null;
  };
  const chartProps = {
    onMouseMove: onMove,
    onMouseLeave: () => onActive(null),
    accessibilityLayer: false,
    margin: { top: 8, right: labelled ? 84 : 8, bottom: 0, left: 0 },
  };
  const tails = openAt > 0 ? series.filter((one) => one.look === 'area') : [];
  const activeDay = active === null ? undefined : points[active]?.day;
  const shared = {
    h: height,
    data,
    dataKey: 'day',
    series: [
      ...series.map((one) => ({
        name: one.id,
        label: one.label,
        color: `var(--sk-${one.color})`,
        type: one.look === 'area' ? ('area' as const) : ('line' as const),
        ...(one.look === 'dashed' ? { strokeDasharray: '4 4' } : {}),
      })),
      ...tails.map((one) => ({
        name: tailOf(one.id),
        label: one.label,
        color: `var(--sk-${one.color})`,
        type: 'line' as const,
        strokeDasharray: '2 4',
      })),
    ],
    gridAxis: 'x' as const,
    // No line where the axis merely ends, only where a figure is written.
    gridProps: { syncWithTicks: true },
    tickLine: 'none' as const,
    withLegend: false,
    xAxisProps: { tickFormatter: (day: string) => shorts.get(day) ?? day, minTickGap: 40, tickMargin: 8 },
    yAxisProps: {
      domain: [scale.bottom, scale.top] as [number, number],
      ticks: scale.ticks,
      tickFormatter: (value: number) => series[0]?.formatAxis(value) ?? String(value),
      width: 58,
      tickMargin: 6,
    },
    referenceLines: activeDay ? [{ x: activeDay, color: 'var(--sk-muted)', strokeDasharray: '2 2' }] : [],
    tooltipAnimationDuration: 0,
    tooltipProps: {
      isAnimationActive: false,
      cursor: false as const,
      content: ({ label }: { label?: unknown }) => {
        const index = points.findIndex((point) => point.day === label);
        return index < 0 ? null : <PointCard points={points} series={series} index={index} />;
      },
    },
  };
  if (bars) {
    return (
      <BarChart
        {...shared}
        type="stacked"
        barChartProps={chartProps}
        maxBarWidth={28}
        barProps={{ isAnimationActive: false }}
      />
    );
  }
  return (
    <CompositeChart
      {...shared}
      curveType="linear"
      withDots={false}
      strokeWidth={2}
      areaProps={(one) => ({ isAnimationActive: false, fillOpacity: 0.14, label: endLabel(one.name) })}
      lineProps={(one) => ({ isAnimationActive: false, label: endLabel(one.name) })}
      composedChartProps={chartProps}
    />
  );
}

/** Every series at one point, beside the pointer. */
function PointCard({
  points,
  series,
  index,
}: {
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  index: number;
}) {
  return (
    <div className={classes.card}>
      <p className={classes.cardTitle}>{points[index]?.long}</p>
      {series.map((one) => (
        <p key={one.id} className={classes.cardRow}>
          <span className={classes.swatch} data-look={one.look} style={{ color: `var(--sk-${one.color})` }} />
          <span>{one.label}</span>
          <strong>{valueAt(one, index) ?? 'none'}</strong>
        </p>
      ))}
    </div>
  );
}
