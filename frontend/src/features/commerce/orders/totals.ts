/** What an order and a refund come to, row by row, so that each column adds up. Pure. */
import type { Order, OrderRefund } from '~/api/types';
import { negateDecimal, signOf, sumDecimals } from '~/lib/decimal';

export interface Breakdown {
  /** Tax on top of the prices, a row of the sum; null where the prices hold it already. */
  taxOnTop: string | null;
  /** Tax that the prices hold, told below the total; null where there is none. */
  taxWithin: string | null;
  /** What the total has beyond goods, shipping and tax: duties, tips, fees. */
  more: string | null;
}

const unlessZero = (amount: string) => (signOf(amount) === 0 ? null : amount);
const less = (amount: string, ...parts: string[]) => sumDecimals([amount, ...parts.map(negateDecimal)]);

/**
 * Whether prices hold their tax is not said by the order itself, its amounts tell: with the tax on top they are no more than the
 * total. Where both could be, what makes the sum exact is taken.
 */
export function breakdown(
  order: Pick<Order, 'subtotalPrice' | 'totalShipping' | 'totalTax' | 'totalPrice'>,
): Breakdown {
  const beyond = less(order.totalPrice, order.subtotalPrice, order.totalShipping);
  const within = signOf(beyond) === 0 || signOf(less(beyond, order.totalTax)) < 0;
  if (within) return { taxOnTop: null, taxWithin: unlessZero(order.totalTax), more: unlessZero(beyond) };
  return { taxOnTop: order.totalTax, taxWithin: null, more: unlessZero(less(beyond, order.totalTax)) };
}

export interface RefundRest {
  tax: string | null;
  /** Shipping that went back, and corrections without goods. */
  rest: string | null;
}

/** What a settled refund holds beside its goods; nothing is said of one whose money is still under way. */
export function refundRest(refund: Pick<OrderRefund, 'total' | 'pending' | 'lines'>, taxWithin: boolean): RefundRest {
  if (signOf(refund.pending) !== 0 || signOf(refund.total) === 0) return { tax: null, rest: null };
  const tax = taxWithin ? '0' : sumDecimals(['0', ...refund.lines.map((line) => line.tax)]);
  const rest = less(refund.total, tax, ...refund.lines.map((line) => line.subtotal));
  return { tax: unlessZero(tax), rest: unlessZero(rest) };
}
