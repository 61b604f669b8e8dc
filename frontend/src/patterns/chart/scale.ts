/** Axis ends and steps that people like to read, always with zero on them. Pure. */

export interface Scale {
  bottom: number;
  top: number;
  ticks: number[];
}

const STEPS = [1, 2, 2.5, 5, 10];

/** A zero-based scale around the values with about `count` steps; whole numbers only where asked. */
export function niceScale(values: readonly number[], count = 4, whole = false): Scale {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  if (low === high) return { bottom: 0, top: 1, ticks: [0, 1] };
  const step = niceStep((high - low) / count, whole);
  const ends = [-stepsTo(-low, step, whole), stepsTo(high, step, whole)] as const;
  const between = Array.from({ length: Math.floor(ends[1]) - Math.ceil(ends[0]) + 1 }, (_, index) => index);
  const places = new Set([ends[0], ...between.map((index) => Math.ceil(ends[0]) + index), ends[1]]);
  return {
    bottom: ends[0] === 0 ? low : round(ends[0] * step, step),
    top: ends[1] === 0 ? high : round(ends[1] * step, step),
    ticks: [...places].map((place) => round(place * step, step)),
  };
}

/** How many steps a side of zero needs. What is small beside the other side gets half a one, or none: it must not flatten that. */
function stepsTo(size: number, step: number, whole: boolean): number {
  if (size < step / 5) return 0;
  return size <= step / 2 && !whole ? 0.5 : Math.ceil(size / step);
}

function niceStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = (STEPS.find((step) => step * power >= rough) ?? 10) * power;
  return whole ? Math.max(1, Math.ceil(nice)) : nice;
}

/** Takes away the dust of binary fractions (0.30000000000000004). */
function round(value: number, step: number): number {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
  return Number(value.toFixed(Math.min(digits, 12)));
}

const LABEL_HEIGHT = 15;

/** How far to move the names at the ends of lines, in pixels, so that two never lie on each other. */
export function endLabelShifts(ends: readonly number[], scale: Scale, plotHeight: number): number[] {
  const span = scale.top - scale.bottom || 1;
  const places = ends.map((end, index) => ({ index, y: ((scale.top - end) / span) * plotHeight }));
  const shifts = ends.map(() => 0);
  const sorted = [...places].sort((a, b) => a.y - b.y);
  sorted.forEach((place, at) => {
    const above = sorted[at - 1];
    if (!above) return;
    const gap = place.y - (above.y + (shifts[above.index] ?? 0));
    if (gap < LABEL_HEIGHT) shifts[place.index] = LABEL_HEIGHT - gap;
  });
  // Lines that end on the axis would push a name below it: lift all of them instead.
  const lowest = sorted.at(-1);
  const below = lowest ? lowest.y + (shifts[lowest.index] ?? 0) - plotHeight : 0;
  return below > 0 ? shifts.map((shift) => shift - below) : shifts;
}
