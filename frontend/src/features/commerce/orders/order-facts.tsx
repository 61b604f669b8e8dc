/** Beside an order: whose it is, where it goes, and its plain facts. */
import { useStores } from '~/api/stores';
import type { Order } from '~/api/types';
import { humanise } from '~/lib/format';
import { CopyText } from '~/ui/copy-text';
import { Email } from '~/ui/email';
import { Facts } from '~/ui/facts';
import { TextLink } from '~/ui/links';
import { Panel } from '~/ui/panel';
import { When } from '~/ui/when';
import { AddressLines, sameAddress } from '../address-lines';
import { customerName } from '../customers/model';
import classes from './orders.module.css';

export function OrderFacts({ order }: { order: Order }) {
  const { find, mixedZones } = useStores();
  const store = find(order.storeId);
  const zone = store?.timeZone;
  const email = order.email ?? order.customer?.email ?? null;
  const billing = sameAddress(order.shippingAddress, order.billingAddress) ? null : order.billingAddress;
  return (
    <>
      <Panel title="Customer">
        <Facts
          facts={[
            {
              name: 'Name',
              value: order.customer ? (
                <TextLink to="/customers/$customerId" params={{ customerId: order.customer.id }}>
                  {customerName(order.customer)}
                </TextLink>
              ) : (
                'Guest, without a customer record'
              ),
            },
            { name: 'Email', value: email && <Email address={email} /> },
            { name: 'Phone', value: order.phone },
          ]}
        />
      </Panel>
      {order.note && (
        <Panel title="Note">
          <p className={classes.note}>{order.note}</p>
        </Panel>
      )}
      {order.shippingAddress && (
        <Panel title={billing ? 'Ships to' : 'Ships and bills to'}>
          <AddressLines address={order.shippingAddress} />
        </Panel>
      )}
      {billing && (
        <Panel title="Bills to">
          <AddressLines address={billing} />
        </Panel>
      )}
      <Panel title="Facts">
        <Facts
          facts={[
            { name: 'Store', value: store?.name ?? null },
            // Lists over such stores are told in the reader's time, so the page says which time it keeps.
            { name: 'Time zone', value: mixedZones && (store?.timeZone ?? null) },
            { name: 'Placed', value: <When at={order.createdAt} timeZone={zone} /> },
            order.cancelledAt ? { name: 'Cancelled', value: <When at={order.cancelledAt} timeZone={zone} /> } : null,
            { name: 'Reason', value: order.cancelReason && humanise(order.cancelReason) },
            order.closedAt ? { name: 'Archived', value: <When at={order.closedAt} timeZone={zone} /> } : null,
            { name: 'Discount codes', value: order.discountCodes.join(', ') },
            { name: 'Came from', value: order.sourceName && humanise(order.sourceName) },
            { name: 'Changed', value: <When at={order.updatedAt} timeZone={zone} /> },
            { name: 'Shopify id', value: <CopyText value={order.shopifyId} label="Shopify id" /> },
            order.tags.length > 0 ? { name: 'Tags', value: <Tags tags={order.tags} /> } : null,
          ]}
        />
      </Panel>
    </>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className={classes.tags}>
      {tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}
