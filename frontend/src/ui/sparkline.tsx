/** The shape of a series, without axes: drawn as plain SVG so that tiles need no charting library. */
import { toPixelValue } from '~/lib/decimal';

const WIDTH = 100;
const HEIGHT = 28;

interface SparklineProps {
  values: readonly string[];
  /** The last value still grows: its stretch is dashed. */
  unfinished?: boolean;
}

export function Sparkline({ values, unfinished = false }: SparklineProps) {
  if (values.length < 2) return null;
  const numbers = values.map(toPixelValue);
  const top = Math.max(...numbers, 0);
  const bottom = Math.min(...numbers, 0);
  const span = top - bottom || 1;
  const points = numbers.map((value, index) => {
    const x = (index / (numbers.length - 1)) * WIDTH;
    const y = HEIGHT - 2 - ((value - bottom) / span) * (HEIGHT - 4);
    return `${x.toFixed(2)},${y.toFixed(2)}`;
  });
  const open = unfinished && points.length > 2;
  const whole = open ? points.slice(0, -1) : points;
  const right = whole.at(-1)?.split(',')[0] ?? WIDTH;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,${HEIGHT} ${whole.join(' ')} ${right},${HEIGHT}`} fill="var(--sk-chart-soft)" />
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
