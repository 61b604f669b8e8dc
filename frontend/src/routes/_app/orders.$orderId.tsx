import { createFileRoute } from '@tanstack/react-router';
import { OrderPage } from '~/features/commerce/orders/order-page';
import { orderQuery } from '~/features/commerce/orders/queries';
import { useLinksToShopify } from '~/features/accounts/use-meta';

export const Route = createFileRoute('/_app/orders/$orderId')({
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(orderQuery(context.tenantId, params.orderId)),
  component: OrderDetail,
});

function OrderDetail() {
  const { orderId } = Route.useParams();
  return <OrderPage key={orderId} orderId={orderId} linkToShopify={useLinksToShopify()} />;
}
