/** The shape of a series, without axes: drawn as plain SVG so that tiles need no charting library. */
import { toPixelValue } from '~/lib/decimal';

const WIDTH = 100;
const HEIGHT = 28;

export function Sparkline({ values }: { values: readonly string[] }) {
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
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} fill="var(--sk-chart-soft)" />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="var(--sk-chart-1)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
