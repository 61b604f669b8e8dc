/** What was bought, and what it comes to. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Order, OrderLine } from '~/api/types';
import { negateDecimal, signOf } from '~/lib/decimal';
import { formatCount, plural } from '~/lib/format';
import { Money } from '~/patterns/money';
import { TextLink } from '~/ui/links';
import { Panel } from '~/ui/panel';
import classes from './orders.module.css';
import { breakdown } from './totals';

/** An order may have hundreds of lines; the first screens of them are enough to begin with. */
const FIRST_LINES = 40;

export function OrderLines({ order }: { order: Order }) {
  const [all, setAll] = useState(order.lines.length <= FIRST_LINES);
  const lines = all ? order.lines : order.lines.slice(0, FIRST_LINES);
  return (
    <Panel title={plural(order.itemCount, 'item')} flush>
      <table className={classes.lines}>
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" className={classes.optional}>
              Price
            </th>
            <th scope="col">Quantity</th>
            <th scope="col">Total</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LineRow key={line.id} line={line} currency={order.currency} />
          ))}
        </tbody>
      </table>
      {!all && (
        <div className={classes.moreLines}>
          <Button variant="default" size="xs" onClick={() => setAll(true)}>
            Show all {formatCount(order.lines.length)} lines
          </Button>
        </div>
      )}
      <div className={classes.totalsWrap}>
        <Totals order={order} />
      </div>
    </Panel>
  );
}

function LineRow({ line, currency }: { line: OrderLine; currency: string }) {
  const discounted = signOf(line.totalDiscount) !== 0;
  const removed = line.quantity - line.currentQuantity;
  return (
    <tr>
      <td>
        <span className={classes.lineTitle}>
          {line.productId ? (
            <TextLink to="/products/$productId" params={{ productId: line.productId }}>
              {line.title}
            </TextLink>
          ) : (
            line.title
          )}
        </span>
        <span className={classes.lineSub}>
          {[line.variantTitle, line.sku, line.customLine ? 'Custom line' : null, line.giftCard ? 'Gift card' : null]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </td>
      <td className={classes.optional}>
        <Money amount={line.unitPrice} currency={currency} />
      </td>
      <td>
        {formatCount(line.quantity)}
        {removed !== 0 && <span className={classes.lineSub}>{formatCount(line.currentQuantity)} left</span>}
      </td>
      <td>
        <Money amount={line.total} currency={currency} />
        {discounted && (
          <span className={classes.lineSub}>
            <Money amount={negateDecimal(line.totalDiscount)} currency={currency} /> discount
          </span>
        )}
      </td>
    </tr>
  );
}

function Totals({ order }: { order: Order }) {
  const { currency, presentment } = order;
  const other = presentment.currency === currency ? null : presentment;
  const { rows, taxWithin } = breakdown(order);
  const discounted = signOf(order.totalDiscounts) !== 0;
  const refunded = signOf(order.totalRefunded) !== 0;
  return (
    <dl className={classes.totals}>
      <Row
        name={discounted ? 'Subtotal, discounts taken off' : 'Subtotal'}
        amount={order.subtotalPrice}
        currency={currency}
      />
      {rows.map((row) => (
        <Row key={row.name} {...row} currency={currency} />
      ))}
      <Row name="Total" amount={order.totalPrice} currency={currency} strong />
      {other && <Row name="Total in the customer’s currency" amount={other.totalPrice} currency={other.currency} />}
      {taxWithin !== null && <Row name="Tax in these prices" amount={taxWithin} currency={currency} />}
      {discounted && <Row name="Discounts given" amount={order.totalDiscounts} currency={currency} />}
      {refunded && <Row name="Refunded" amount={negateDecimal(order.totalRefunded)} currency={currency} />}
      {order.currentTotalPrice !== order.totalPrice && (
        <Row name="Total now" amount={order.currentTotalPrice} currency={currency} strong />
      )}
    </dl>
  );
}

function Row({ name, amount, currency, strong }: { name: string; amount: string; currency: string; strong?: boolean }) {
  return (
    <div className={strong ? classes.strong : undefined}>
      <dt>{name}</dt>
      <dd>
        <Money amount={amount} currency={currency} />
      </dd>
    </div>
  );
}
