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
  const bottom = Math.floor(low / step) * step;
  const top = Math.ceil(high / step) * step;
  const steps = Math.round((top - bottom) / step);
  return { bottom, top, ticks: Array.from({ length: steps + 1 }, (_, index) => round(bottom + index * step, step)) };
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
