/** One customer: what they are worth, where they live, and their orders. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { Customer } from '~/api/types';
import { humanise, plural } from '~/lib/format';
import { BackButton } from '~/patterns/back-button';
import { Explain } from '~/patterns/explain';
import { Money } from '~/patterns/money';
import { Page } from '~/patterns/page';
import { QueryView } from '~/patterns/query-view';
import { DetailSkeleton } from '~/patterns/skeletons';
import { CopyText } from '~/ui/copy-text';
import { Email } from '~/ui/email';
import { Facts } from '~/ui/facts';
import { Panel } from '~/ui/panel';
import { When } from '~/ui/when';
import { AddressLines } from '../address-lines';
import { OpenInShopify } from '../open-in-shopify';
import { OrderTable } from '../orders/order-table';
import classes from '../orders/orders.module.css';
import own from './customer.module.css';
import { customerName } from './model';
import { customerQuery } from './queries';

interface CustomerPageProps {
  customerId: string;
  linkToShopify: boolean;
}

export function CustomerPage({ customerId, linkToShopify }: CustomerPageProps) {
  const { tenantId } = useSession();
  const customer = useQuery(customerQuery(tenantId, customerId));
  const data = customer.data;
  return (
    <Page
      title={data ? customerName(data) : 'Customer'}
      back={<BackButton to="/customers" label="Back to customers" />}
      actions={
        data && linkToShopify && <OpenInShopify storeId={data.storeId} kind="customers" shopifyId={data.shopifyId} />
      }
      width="wide"
    >
      <QueryView query={customer} skeleton={<DetailSkeleton />} empty="never">
        {(found) => (
          <div className={classes.detail}>
            <div className={classes.column}>
              <Worth customer={found} />
              <section className={own.orders} aria-label="Their orders">
                <OrderTable
                  filters={{ customerId: found.id, sort: '-createdAt' }}
                  toolbar={<h2 className={own.title}>Orders</h2>}
                  ofOneCustomer
                  expected={found.totals.reduce((sum, total) => sum + total.orders, 0)}
                  empty={<p className={own.none}>No orders yet.</p>}
                />
              </section>
            </div>
            <div className={classes.column}>
              <CustomerFacts customer={found} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

const ORDERED =
  'The totals of their orders as placed. What was paid back later is not taken off; each order shows its refunds.';

/** What they bought, a line for each currency; currencies are never added up. */
function Worth({ customer: { totals } }: { customer: Customer }) {
  return (
    <div className={own.worth}>
      {totals.length === 0 && <span className={own.figureName}>Has not ordered yet.</span>}
      {totals.map((total) => (
        <div key={total.currency} className={own.figure}>
          <span className={own.figureName}>
            Ordered{totals.length > 1 && ` in ${total.currency}`}, before refunds
            <Explain label="Ordered, before refunds" definition={ORDERED} differs={null} />
          </span>
          <strong>
            <Money amount={total.spent} currency={total.currency} />
          </strong>
          <span className={own.figureName}>in {plural(total.orders, 'order')}</span>
        </div>
      ))}
    </div>
  );
}

function CustomerFacts({ customer }: { customer: Customer }) {
  const store = useStores().find(customer.storeId);
  const day = (at: string | null) => at && <When at={at} timeZone={store?.timeZone} detail="date" />;
  return (
    <>
      <Panel title="Contact">
        <Facts
          facts={[
            { name: 'Email', value: customer.email ? <Email address={customer.email} /> : 'None' },
            { name: 'Phone', value: customer.phone },
          ]}
        />
      </Panel>
      {customer.note && (
        <Panel title="Note">
          <p className={classes.note}>{customer.note}</p>
        </Panel>
      )}
      {customer.addresses.length > 0 && (
        <Panel title={customer.addresses.length === 1 ? 'Address' : 'Addresses'}>
          <div className={own.addresses}>
            {customer.addresses.map((address, index) => (
              <AddressLines key={index} address={address} />
            ))}
          </div>
        </Panel>
      )}
      <Panel title="Facts">
        <Facts
          facts={[
            { name: 'Store', value: store?.name ?? null },
            { name: 'First order', value: day(customer.firstOrderAt) },
            { name: 'Last order', value: day(customer.lastOrderAt) },
            { name: 'Since', value: day(customer.createdAt) },
            { name: 'Account', value: customer.state && humanise(customer.state) },
            { name: 'Tags', value: customer.tags.join(', ') },
            { name: 'Shopify id', value: <CopyText value={customer.shopifyId} label="Shopify id" /> },
          ]}
        />
      </Panel>
    </>
  );
}
