import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Sparkline } from './sparkline';

const lines = (values: (string | null)[], unfinished = false) => {
  const { container } = render(<Sparkline values={values} unfinished={unfinished} />);
  return [...container.querySelectorAll('polyline')].map((line) => line.getAttribute('points'));
};

describe('a sparkline', () => {
  it('goes straight over what has no value, each value at its own place', () => {
    expect(lines(['1', null, '2', null, '1'])).toEqual(['0.00,14.00 50.00,2.00 100.00,14.00']);
    expect(lines([null, '2', '2'])).toEqual(['50.00,2.00 100.00,2.00']);
  });

  it('draws nothing of a single value', () => {
    expect(lines([null, '2', null])).toEqual([]);
    expect(lines([])).toEqual([]);
  });

  it('is filled from edge to edge, though it begins later', () => {
    const { container } = render(<Sparkline values={[null, '2', '1']} unfinished />);
    const filled = container.querySelector('polygon')?.getAttribute('points');
    expect(filled).toBe('0,28 0,2.00 50.00,2.00 100.00,14.00 100,14.00 100,28');
  });

  it('dashes the last stretch only where that is still under way', () => {
    expect(lines(['1', '2', '1'], true)).toEqual(['0.00,14.00 50.00,2.00', '50.00,2.00 100.00,14.00']);
    expect(lines(['1', '2', null], true)).toEqual(['0.00,14.00 50.00,2.00']);
  });
});
