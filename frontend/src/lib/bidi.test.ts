import { expect, it } from 'vitest';
import { setApart } from './bidi';

it('sets apart what is written from right to left, and nothing else', () => {
  expect(setApart('٢٢ نوفمبر')).toBe('\u2068٢٢ نوفمبر\u2069');
  expect(setApart('\u200f١٫٠٠ UK£')).toBe('\u2068\u200f١٫٠٠ UK£\u2069');
  expect(setApart('22 Nov 2026')).toBe('22 Nov 2026');
});
