import { describe, expect, it } from 'vitest';
import { compareDecimals, negateDecimal, parseDecimal, signOf, sumDecimals } from './decimal';

describe('decimals', () => {
  it('adds exactly where floats would not', () => {
    expect(sumDecimals(['0.1', '0.2'])).toBe('0.3');
    expect(sumDecimals(Array.from({ length: 1000 }, () => '0.01'))).toBe('10.00');
    expect(sumDecimals(['9007199254740993.01', '0.01'])).toBe('9007199254740993.02');
  });

  it('keeps the widest scale and the sign', () => {
    expect(sumDecimals(['10', '-10.005'])).toBe('-0.005');
    expect(sumDecimals([])).toBe('0');
  });

  it('refuses what is not a decimal instead of guessing', () => {
    expect(() => sumDecimals(['1,000'])).toThrow(RangeError);
    expect(parseDecimal('1e3')).toBeNull();
    expect(parseDecimal('')).toBeNull();
  });

  it('negates and compares', () => {
    expect(negateDecimal('12.30')).toBe('-12.30');
    expect(negateDecimal('-0.00')).toBe('0.00');
    expect(compareDecimals('2.5', '2.50')).toBe(0);
    expect(compareDecimals('-1', '0.001')).toBe(-1);
    expect(signOf('-0.01')).toBe(-1);
    expect(signOf('0.000')).toBe(0);
  });
});
