/** What an order and a refund come to, row by row, so that each column adds up. Pure. */
import type { Order, OrderRefund } from '~/api/types';
import { negateDecimal, signOf, sumDecimals } from '~/lib/decimal';

export interface Breakdown {
  /** What comes on top of the goods, in the order of a receipt; with them the total, exactly. */
  rows: { name: string; amount: string }[];
  /** Tax that the prices hold, told below the total; null where there is none. */
  taxWithin: string | null;
}

type Charged = Pick<
  Order,
  | 'subtotalPrice'
  | 'totalShipping'
  | 'taxesIncluded'
  | 'totalTax'
  | 'totalDuties'
  | 'totalAdditionalFees'
  | 'totalTip'
  | 'totalPrice'
>;

const unlessZero = (amount: string) => (signOf(amount) === 0 ? null : amount);
const less = (amount: string, ...parts: string[]) => sumDecimals([amount, ...parts.map(negateDecimal)]);

/** Shipping is always told, the rest where there is any; what Shopify's own total has beyond its parts is told as such. */
export function breakdown(order: Charged): Breakdown {
  const extras = [
    { name: 'Tax', amount: order.taxesIncluded ? '0' : order.totalTax },
    { name: 'Duties', amount: order.totalDuties },
    { name: 'Fees', amount: order.totalAdditionalFees },
    { name: 'Tip', amount: order.totalTip },
  ];
  const parts = [order.subtotalPrice, order.totalShipping, ...extras.map(({ amount }) => amount)];
  const rest = { name: 'Other', amount: less(order.totalPrice, ...parts) };
  const shipping = { name: 'Shipping', amount: order.totalShipping };
  return {
    rows: [shipping, ...[...extras, rest].filter(({ amount }) => signOf(amount) !== 0)],
    taxWithin: order.taxesIncluded ? unlessZero(order.totalTax) : null,
  };
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
