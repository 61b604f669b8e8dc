/** The same figures as a table, for people who would rather read than look. */
import classes from './chart.module.css';
import { valueAt, type ChartPoint, type ChartSeries } from './series';

interface ChartTableProps {
  title: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  height: number;
}

export function ChartTable({ title, points, series, height }: ChartTableProps) {
  return (
    <div
      className={classes.tableWrap}
      style={{ height }}
      tabIndex={0}
      role="region"
      aria-label={`${title}, as a table`}
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Date</th>
            {series.map((one) => (
              <th scope="col" key={one.id}>
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            <tr key={point.day}>
              <th scope="row">{point.long}</th>
              {series.map((one) => (
                <td key={one.id}>{valueAt(one, index) ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
