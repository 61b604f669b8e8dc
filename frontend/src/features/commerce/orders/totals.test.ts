import { describe, expect, it } from 'vitest';
import type { OrderRefund } from '~/api/types';
import { breakdown, refundRest } from './totals';

const zero = { totalDuties: '0.00', totalAdditionalFees: '0.00', totalTip: '0.00' };

const order = (subtotalPrice: string, totalShipping: string, totalTax: string, totalPrice: string, more = {}) => ({
  ...zero,
  subtotalPrice,
  totalShipping,
  totalTax,
  totalPrice,
  taxesIncluded: false,
  ...more,
});

const within = { taxesIncluded: true };

describe('an order’s total', () => {
  it.each([
    ['tax on top', order('100.00', '5.00', '8.40', '113.40'), { Tax: '8.40' }, null],
    ['tax within', order('29.92', '4.95', '5.57', '34.87', within), {}, '5.57'],
    ['no tax', order('10.00', '0.00', '0.00', '10.00'), {}, null],
    [
      'a tip beside tax',
      order('10.00', '5.00', '1.00', '19.00', { totalTip: '3.00' }),
      { Tax: '1.00', Tip: '3.00' },
      null,
    ],
    [
      'a tip above tax within',
      order('9.00', '0.00', '1.50', '19.00', { ...within, totalTip: '10.00' }),
      { Tip: '10.00' },
      '1.50',
    ],
    [
      'duties and fees',
      order('9.00', '0.00', '0.00', '12.00', { totalDuties: '2.00', totalAdditionalFees: '1.00' }),
      { Duties: '2.00', Fees: '1.00' },
      null,
    ],
    ['three decimals', order('10.000', '1.500', '0.575', '12.075'), { Tax: '0.575' }, null],
    ['what nothing explains', order('10.00', '0.00', '0.00', '10.01'), { Other: '0.01' }, null],
  ])('adds up with %s', (_, charged, extras, taxWithin) => {
    const told = breakdown(charged);
    const { Shipping, ...rest } = Object.fromEntries(told.rows.map(({ name, amount }) => [name, amount]));
    expect([Shipping, rest, told.taxWithin]).toEqual([charged.totalShipping, extras, taxWithin]);
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
