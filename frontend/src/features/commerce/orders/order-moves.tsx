/** Money that went back and parcels that went out. */
import { useStores } from '~/api/stores';
import type { Order, OrderFulfillment, OrderRefund } from '~/api/types';
import { signOf } from '~/lib/decimal';
import { humanise, plural } from '~/lib/format';
import { formatMoney } from '~/lib/money';
import { Money } from '~/patterns/money';
import { Panel } from '~/ui/panel';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import { PARCEL, SHIPMENT, stateWords } from './model';
import classes from './orders.module.css';
import { refundRest } from './totals';

export function OrderRefunds({ order }: { order: Order }) {
  if (order.refunds.length === 0) return null;
  return (
    <Panel title={plural(order.refunds.length, 'refund')}>
      {order.refunds.map((refund) => (
        <Refund key={refund.id} refund={refund} order={order} />
      ))}
    </Panel>
  );
}

function Refund({ refund, order }: { refund: OrderRefund; order: Order }) {
  const zone = useStores().find(order.storeId)?.timeZone;
  const { tax, rest } = refundRest(refund, order.taxesIncluded);
  return (
    <div className={classes.block}>
      <div className={classes.blockHead}>
        <strong>
          <Money amount={refund.total} currency={order.currency} />
        </strong>
        {signOf(refund.pending) !== 0 && (
          <StateBadge tone="warn" label={`${formatMoney(refund.pending, order.currency)} not settled yet`} />
        )}
        <span className="sk-muted">
          <When at={refund.processedAt} timeZone={zone} />
        </span>
      </div>
      {refund.note && <p className={classes.note}>{refund.note}</p>}
      <ul className={classes.plain}>
        {refund.lines.map((line, index) => (
          <li key={line.lineId ?? index}>
            <span>
              {line.quantity} × {line.title}
              {line.restockType && <span className="sk-muted"> · {humanise(line.restockType)}</span>}
            </span>
            <Money amount={line.subtotal} currency={order.currency} />
          </li>
        ))}
        {tax !== null && <Beside name="Tax" amount={tax} currency={order.currency} />}
        {rest !== null && <Beside name="Shipping and corrections" amount={rest} currency={order.currency} />}
      </ul>
    </div>
  );
}

function Beside({ name, amount, currency }: { name: string; amount: string; currency: string }) {
  return (
    <li>
      <span className="sk-muted">{name}</span>
      <Money amount={amount} currency={currency} />
    </li>
  );
}

export function OrderFulfilments({ order }: { order: Order }) {
  if (order.fulfillments.length === 0) return null;
  return (
    <Panel title={plural(order.fulfillments.length, 'fulfilment')}>
      {order.fulfillments.map((fulfilment) => (
        <Fulfilment key={fulfilment.id} fulfilment={fulfilment} order={order} />
      ))}
    </Panel>
  );
}

function Fulfilment({ fulfilment, order }: { fulfilment: OrderFulfillment; order: Order }) {
  const zone = useStores().find(order.storeId)?.timeZone;
  const state = stateWords(SHIPMENT, fulfilment.shipmentStatus) ?? stateWords(PARCEL, fulfilment.status);
  return (
    <div className={classes.block}>
      <div className={classes.blockHead}>
        <strong>{fulfilment.name ?? 'Fulfilment'}</strong>
        {state && <StateBadge {...state} />}
        <span className="sk-muted">
          <When at={fulfilment.createdAt} timeZone={zone} />
        </span>
      </div>
      {fulfilment.trackingNumbers.length > 0 && (
        <ul className={classes.plain}>
          {fulfilment.trackingNumbers.map((number, index) => (
            <li key={number}>
              <span>
                {fulfilment.trackingCompany && <span className="sk-muted">{fulfilment.trackingCompany} </span>}
                <Tracking number={number} address={fulfilment.trackingUrls[index]} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A link only for web addresses: the address comes from outside. */
function Tracking({ number, address }: { number: string; address: string | undefined }) {
  if (!address || !/^https?:\/\//i.test(address)) return <>{number}</>;
  return (
    <a className="sk-link" href={address} target="_blank" rel="noopener noreferrer">
      {number}
    </a>
  );
}
