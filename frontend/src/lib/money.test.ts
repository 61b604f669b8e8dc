import { describe, expect, it } from 'vitest';
import { formatMoney, minorUnits } from './money';

const GB = { locale: 'en-GB' };

describe('formatMoney', () => {
  it('writes the exact amount, however large', () => {
    expect(formatMoney('10666684.54', 'GBP', GB)).toBe('£10,666,684.54');
    expect(formatMoney('90071992547409930.07', 'GBP', GB)).toBe('£90,071,992,547,409,930.07');
  });

  it('uses the currency’s own minor units', () => {
    expect(formatMoney('1200', 'JPY', GB)).toBe('JP¥1,200');
    expect(formatMoney('1.5', 'KWD', GB)).toMatch(/KWD\s1\.500/);
    expect(minorUnits('JPY')).toBe(0);
    expect(minorUnits('KWD')).toBe(3);
  });

  it('shows more decimals when the amount has them, rather than rounding them away', () => {
    expect(formatMoney('0.1234', 'GBP', GB)).toBe('£0.1234');
  });

  it('marks negative amounts with a minus sign', () => {
    expect(formatMoney('-42.00', 'GBP', GB)).toBe('\u2212£42.00');
  });

  it('shows what it cannot read as it came', () => {
    expect(formatMoney('n/a', 'GBP', GB)).toBe('n/a GBP');
    expect(formatMoney('1.00', 'not a currency', GB)).toBe('1.00 not a currency');
  });

  it('shortens for axes', () => {
    expect(formatMoney('12345.67', 'GBP', { ...GB, compact: true })).toMatch(/£12\.3k/i);
  });
});
