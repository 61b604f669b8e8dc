import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Order } from '~/api/types';
import { renderPart } from '~/test/render';
import { OrderLines } from './order-lines';

it('the customer’s total stands beside the total it is the same as, above what was refunded later', () => {
  const order = {
    lines: [],
    itemCount: 1,
    currency: 'GBP',
    presentment: { currency: 'EUR', totalPrice: '46.20' },
    subtotalPrice: '35.00',
    totalShipping: '5.00',
    taxesIncluded: true,
    totalTax: '6.67',
    totalDuties: '0.00',
    totalAdditionalFees: '0.00',
    totalTip: '0.00',
    totalDiscounts: '0.00',
    totalPrice: '40.00',
    totalRefunded: '10.00',
    currentTotalPrice: '30.00',
  } as unknown as Order;
  renderPart(<OrderLines order={order} />);
  const names = screen.getAllByRole('term').map((term) => term.textContent);
  expect(names.slice(names.indexOf('Total'))).toEqual([
    'Total',
    'Total in the customer’s currency',
    'Tax in these prices',
    'Refunded',
    'Total now',
  ]);
});
