import { expect, it } from 'vitest';
import { columnWidths, leastWidth } from './column-widths';

const COLUMNS = [{ width: 100, least: 60 }, { width: 80 }, { width: 120, least: 100, grow: true }];

it('columns need their least widths, and the column of boxes where there is one', () => {
  expect(leastWidth(COLUMNS, false)).toBe(240);
  expect(leastWidth(COLUMNS, true)).toBe(284);
});

it('each gives up its share of what it can spare, and what is left over is for those that grow', () => {
  expect(columnWidths(COLUMNS, false)).toEqual([
    'clamp(60px, 60px + (100cqw - 240px) * 0.6667, 100px)',
    'clamp(80px, 80px + (100cqw - 240px) * 0.0000, 80px)',
    'calc(clamp(100px, 100px + (100cqw - 240px) * 0.3333, 120px) + max(0px, (100cqw - 300px) * 1.0000))',
  ]);
});
