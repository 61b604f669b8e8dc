import { expect, it } from 'vitest';
import { columnWidths, leastWidth } from './column-widths';

const COLUMNS = [{ width: 100, least: 60 }, { width: 80 }, { width: 120, least: 100, grow: true }];

it('columns need their least widths and the list’s edges, and the column of boxes where there is one', () => {
  expect(leastWidth(COLUMNS, false)).toBe(240 + 28);
  expect(leastWidth(COLUMNS, true)).toBe(240 + 14 + 44);
});

it('each gives up its share of what it can spare, and what is left over is for those that grow', () => {
  expect(columnWidths(COLUMNS, false)).toEqual([
    'clamp(74px, 74px + (100cqw - 268px) * 0.6667, 114px)',
    'clamp(80px, 80px + (100cqw - 268px) * 0.0000, 80px)',
    'calc(clamp(114px, 114px + (100cqw - 268px) * 0.3333, 134px) + max(0px, (100cqw - 328px) * 1.0000))',
  ]);
});
