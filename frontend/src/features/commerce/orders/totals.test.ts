import { describe, expect, it } from 'vitest';
import type { OrderRefund } from '~/api/types';
import { breakdown, refundRest } from './totals';

const order = (subtotalPrice: string, totalShipping: string, totalTax: string, totalPrice: string) => ({
  subtotalPrice,
  totalShipping,
  totalTax,
  totalPrice,
});

describe('an order’s total', () => {
  it.each([
    ['tax on top', order('100.00', '5.00', '8.40', '113.40'), '8.40', null, null],
    ['tax within', order('29.92', '4.95', '5.57', '34.87'), null, '5.57', null],
    ['no tax', order('10.00', '0.00', '0.00', '10.00'), null, null, null],
    ['a tip beside tax on top', order('100.00', '5.00', '8.00', '116.00'), '8.00', null, '3.00'],
    ['a tip beside tax within', order('100.00', '0.00', '16.67', '103.00'), null, '16.67', '3.00'],
    ['three decimals', order('10.000', '1.500', '0.575', '12.075'), '0.575', null, null],
  ])('adds up with %s', (_, amounts, taxOnTop, taxWithin, more) => {
    expect(breakdown(amounts)).toEqual({ taxOnTop, taxWithin, more });
  });
});

describe('a refund', () => {
  const line = (subtotal: string, tax: string) => ({ subtotal, tax }) as OrderRefund['lines'][number];
  const lines = [line('59.98', '10.00'), line('149.50', '24.92')];

  it('says what went back beside the goods', () => {
    expect(refundRest({ total: '214.43', pending: '0.00', lines }, true)).toEqual({ tax: null, rest: '4.95' });
    expect(refundRest({ total: '244.40', pending: '0.00', lines }, false)).toEqual({ tax: '34.92', rest: null });
    expect(refundRest({ total: '20.00', pending: '0.00', lines: [] }, false)).toEqual({ tax: null, rest: '20.00' });
  });

  it('says nothing of money that is under way', () => {
    expect(refundRest({ total: '0.00', pending: '214.43', lines }, true)).toEqual({ tax: null, rest: null });
  });
});
