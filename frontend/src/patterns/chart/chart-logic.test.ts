import { describe, expect, it } from 'vitest';
import { endLabelShifts, niceScale } from './scale';
import { describePoint, nextPoint, type ChartSeries } from './series';

describe('a scale', () => {
  it('always has zero on it', () => {
    expect(niceScale([40, 60])).toEqual({ bottom: 0, top: 60, ticks: [0, 20, 40, 60] });
    expect(niceScale([-30, -5]).top).toBe(0);
    expect(niceScale([-12, 30]).ticks).toContain(0);
  });

  it('gives a small value on the far side of zero its own room, not a whole step', () => {
    expect(niceScale([2000, 900, -3.5])).toEqual({ bottom: -3.5, top: 2000, ticks: [0, 1000, 2000] });
    expect(niceScale([-2000, 40])).toEqual({ bottom: -2000, top: 40, ticks: [-2000, -1000, 0] });
    expect(niceScale([2000, -900]).bottom).toBe(-1000);
  });

  it('says below zero how far it goes there, with half a step where that will do', () => {
    expect(niceScale([2000, -300])).toEqual({ bottom: -500, top: 2000, ticks: [-500, 0, 1000, 2000] });
    expect(niceScale([-100, 20]).ticks).toEqual([-100, -50, 0, 25]);
    expect(niceScale([8, -1], 4, true).ticks).toEqual([-3, 0, 3, 6, 9]);
  });

  it('has steps people read', () => {
    expect(niceScale([0.3]).ticks).toEqual([0, 0.1, 0.2, 0.3]);
    expect(niceScale([1234.5]).ticks).toEqual([0, 500, 1000, 1500]);
    expect(niceScale([3], 4, true).ticks).toEqual([0, 1, 2, 3]);
    expect(niceScale([])).toEqual({ bottom: 0, top: 1, ticks: [0, 1] });
  });

  it('keeps the names at the ends of lines apart, and above the axis', () => {
    const scale = niceScale([100]);
    expect(endLabelShifts([100, 20], scale, 200)).toEqual([0, 0]);
    const [one, other] = endLabelShifts([50, 49], scale, 200) as [number, number];
    expect(Math.abs(200 * 0.01 + other - one)).toBeGreaterThanOrEqual(15);
    expect(endLabelShifts([0, 0], scale, 200).some((shift) => shift > 0)).toBe(false);
  });
});

describe('moving along a chart by keys', () => {
  it('steps, jumps and lets go', () => {
    expect(nextPoint('ArrowRight', null, 9)).toBe(0);
    expect(nextPoint('ArrowRight', 9, 9)).toBe(9);
    expect(nextPoint('ArrowLeft', null, 9)).toBe(9);
    expect(nextPoint('PageDown', 3, 9)).toBe(0);
    expect(nextPoint('End', 3, 9)).toBe(9);
    expect(nextPoint('Escape', 3, 9)).toBeNull();
    expect(nextPoint('x', 3, 9)).toBeUndefined();
  });

  it('reads out the point with every series', () => {
    const series = [
      { label: 'Sales', values: ['1.50', null], format: (value: string) => `£${value}` },
    ] as unknown as ChartSeries[];
    const points = [
      { day: '2026-03-01', short: '1 Mar', long: 'Sun, 1 Mar 2026' },
      { day: '2026-03-02', short: '2 Mar', long: 'Mon, 2 Mar 2026' },
    ];
    expect(describePoint(points, series, 0)).toBe('Sun, 1 Mar 2026. Sales £1.50.');
    expect(describePoint(points, series, 1)).toBe('Mon, 2 Mar 2026. Sales no value.');
  });
});
