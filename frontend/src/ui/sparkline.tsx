/** The shape of a series, without axes: drawn as plain SVG so that tiles need no charting library. */
import { toPixelValue } from '~/lib/decimal';

const WIDTH = 100;
const HEIGHT = 28;

interface SparklineProps {
  /** Where there is none, the line goes straight on to the next. */
  values: readonly (string | null)[];
  /** The last value still grows: its stretch is dashed. */
  unfinished?: boolean;
}

export function Sparkline({ values, unfinished = false }: SparklineProps) {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ index, value: toPixelValue(value) }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || known.length < 2) return null;
  const top = Math.max(...known.map(({ value }) => value), 0);
  const bottom = Math.min(...known.map(({ value }) => value), 0);
  const span = top - bottom || 1;
  const across = (index: number) => ((index / (values.length - 1)) * WIDTH).toFixed(2);
  const points = known.map(({ index, value }) => {
    const y = HEIGHT - 2 - ((value - bottom) / span) * (HEIGHT - 4);
    return `${across(index)},${y.toFixed(2)}`;
  });
  const open = unfinished && points.length > 2 && last.index === values.length - 1;
  const whole = open ? points.slice(0, -1) : points;
  const [start, end] = [points[0], points.at(-1)].map((point) => point?.split(',')[1]);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none" aria-hidden="true">
      <polygon
        // From edge to edge, though the line may begin later: a side of its own would look like a fall.
        points={`0,${HEIGHT} 0,${start} ${points.join(' ')} ${WIDTH},${end} ${WIDTH},${HEIGHT}`}
        fill="var(--sk-chart-soft)"
      />
      <polyline
        points={whole.join(' ')}
        fill="none"
        stroke="var(--sk-chart-1)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {open && (
        <polyline
          points={points.slice(-2).join(' ')}
          fill="none"
          stroke="var(--sk-chart-1)"
          strokeWidth="1.5"
          strokeDasharray="2 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
