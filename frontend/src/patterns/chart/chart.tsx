/**
 * A chart in its panel: figures over it for the point looked at (mouse, touch or arrow keys), the store's time zone named,
 * the same as a table, and CSV or PNG to take away.
 */
import { Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChartLine, IconDots, IconDownload, IconPhoto, IconTable } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState, type KeyboardEvent } from 'react';
import { downloadBlob, downloadCsv } from '~/lib/download';
import { IconButton } from '~/ui/icon-button';
import { Panel } from '~/ui/panel';
import { tellProblem } from '../notice';
import { Bone } from '../skeletons';
import classes from './chart.module.css';
import { chartCsv } from './chart-csv';
import { ChartTable } from './chart-table';
import { chartToPng } from './export-png';
import { describePoint, nextPoint, valueAt, type ChartPoint, type ChartSeries } from './series';

const loadTimeChart = () => import('./time-chart');
const TimeChart = lazy(loadTimeChart);

/** Starts fetching the charting library before the figures are there. */
export function preloadChart(): void {
  void loadTimeChart();
}

export interface ChartProps {
  /** Names exported files. */
  name: string;
  title: string;
  timeZone: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  height?: number;
  /** Counts: no fractions on the axis. */
  whole?: boolean;
  note?: string;
}

export function Chart({ name, title, timeZone, points, series, height = 240, whole = false, note }: ChartProps) {
  const [active, setActive] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const plot = useRef<HTMLDivElement>(null);
  const wide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false });
  const last = points.length - 1;

  const exportCsv = () => {
    downloadCsv(`storekeep-${name}.csv`, chartCsv(points, series));
  };
  const exportPng = async () => {
    if (!plot.current) return;
    try {
      downloadBlob(`storekeep-${name}.png`, await chartToPng(plot.current, { title, note: `Days in ${timeZone}` }));
    } catch (error) {
      tellProblem(error);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = nextPoint(event.key, active, last);
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
  };

  return (
    <Panel
      title={title}
      note={note}
      actions={
        <>
          <span className={classes.zone}>Days in {timeZone}</span>
          <Menu>
            <Menu.Target>
              <IconButton label={`${title}: more`} icon={<IconDots size={18} />} size="md" />
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={asTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
                onClick={() => setAsTable(!asTable)}
              >
                {asTable ? 'View as chart' : 'View as table'}
              </Menu.Item>
              <Menu.Item leftSection={<IconDownload size={16} />} onClick={exportCsv}>
                Export CSV
              </Menu.Item>
              <Menu.Item leftSection={<IconPhoto size={16} />} disabled={asTable} onClick={() => void exportPng()}>
                Export PNG
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      <Readout points={points} series={series} active={active} />
      {asTable ? (
        <ChartTable title={title} points={points} series={series} height={height} />
      ) : (
        <div className={classes.plot} ref={plot} style={{ height }}>
          <Suspense fallback={<Bone height={height - 24} soft />}>
            <TimeChart {...{ points, series, active, height, whole, wide }} onActive={setActive} />
          </Suspense>
          <div
            className={classes.keys}
            role="slider"
            tabIndex={0}
            aria-label={`${title}: points. Arrow keys move along the chart`}
            aria-orientation="horizontal"
            aria-valuemin={0}
            aria-valuemax={Math.max(0, last)}
            aria-valuenow={active ?? 0}
            aria-valuetext={describePoint(points, series, active ?? 0)}
            onKeyDown={onKeyDown}
            onBlur={() => setActive(null)}
          />
        </div>
      )}
    </Panel>
  );
}

/** The series' names and figures: of the point looked at, or of the whole range. */
function Readout({ points, series, active }: Pick<ChartProps, 'points' | 'series'> & { active: number | null }) {
  return (
    <div className={classes.readout}>
      {series.map((one) => (
        <span key={one.id} className={classes.item}>
          <span className={classes.swatch} data-look={one.look} style={{ color: `var(--sk-${one.color})` }} />
          <span className={classes.itemLabel}>{one.label}</span>
          <span className={classes.itemValue} dir="auto">
            {active === null ? one.total : (valueAt(one, active) ?? 'none')}
          </span>
        </span>
      ))}
      <span className={classes.at}>{active === null ? null : points[active]?.long}</span>
    </div>
  );
}

export function ChartSkeleton({ title, height = 240 }: { title: string; height?: number }) {
  return (
    <Panel title={title} actions={<span className={classes.actionsGhost} />}>
      <div className={classes.readout} />
      <div className={classes.plot} style={{ height }}>
        <Bone height={height - 24} soft />
      </div>
    </Panel>
  );
}
