/** One order, whole: lines and totals, refunds, fulfilments, customer, facts, and what happened to it. */
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSession } from '~/api/session';
import type { Order } from '~/api/types';
import { markSeen } from '~/lib/visited';
import { AllowedButton } from '~/patterns/allowed';
import { BackButton } from '~/patterns/back-button';
import { tell, tellProblem } from '~/patterns/notice';
import { Page } from '~/patterns/page';
import { QueryView } from '~/patterns/query-view';
import { DetailSkeleton } from '~/patterns/skeletons';
import { OpenInShopify } from '../open-in-shopify';
import { useRefreshOrder } from './mutations';
import { FulfilmentBadge, OrderMarks, PaymentBadge } from './order-badges';
import { OrderFacts } from './order-facts';
import { OrderLines } from './order-lines';
import { OrderFulfilments, OrderRefunds } from './order-moves';
import { OrderTimeline } from './order-timeline';
import classes from './orders.module.css';
import { orderQuery } from './queries';

interface OrderPageProps {
  orderId: string;
  /** Links into the real Shopify admin; not in the demo, whose shops are not there. */
  linkToShopify: boolean;
}

export function OrderPage({ orderId, linkToShopify }: OrderPageProps) {
  const { tenantId } = useSession();
  const order = useQuery(orderQuery(tenantId, orderId));
  const data = order.data;
  const loaded = data !== undefined;
  useEffect(() => {
    if (loaded) markSeen(tenantId, 'order');
  }, [loaded, tenantId]);
  return (
    <Page
      title={data ? `Order ${data.name}` : 'Order'}
      back={<BackButton to="/orders" label="Back to orders" />}
      scope={
        data && (
          <>
            <PaymentBadge status={data.financialStatus} />
            <FulfilmentBadge status={data.fulfillmentStatus} />
            <OrderMarks cancelledAt={data.cancelledAt} test={data.test} />
          </>
        )
      }
      actions={data && <OrderActions order={data} linkToShopify={linkToShopify} />}
      width="wide"
    >
      <QueryView query={order} skeleton={<DetailSkeleton />} empty="never">
        {(found) => (
          <div className={classes.detail}>
            <div className={classes.column}>
              <OrderLines order={found} />
              <OrderRefunds order={found} />
              <OrderFulfilments order={found} />
              <OrderTimeline order={found} />
            </div>
            <div className={classes.column}>
              <OrderFacts order={found} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function OrderActions({ order, linkToShopify }: { order: Order; linkToShopify: boolean }) {
  const refresh = useRefreshOrder(order.id);
  const run = () =>
    refresh.mutate(undefined, {
      onSuccess: () => tell(`${order.name} is as Shopify has it now.`),
      onError: tellProblem,
    });
  return (
    <>
      {linkToShopify && <OpenInShopify storeId={order.storeId} kind="orders" shopifyId={order.shopifyId} />}
      <AllowedButton
        permission="order:refresh"
        variant="default"
        loading={refresh.isPending}
        leftSection={<IconRefresh size={16} />}
        onClick={run}
      >
        Refresh from Shopify
      </AllowedButton>
    </>
  );
}
