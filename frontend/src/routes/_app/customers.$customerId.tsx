import { createFileRoute } from '@tanstack/react-router';
import { useLinksToShopify } from '~/features/accounts/use-meta';
import { CustomerPage } from '~/features/commerce/customers/customer-page';
import { customerQuery } from '~/features/commerce/customers/queries';

export const Route = createFileRoute('/_app/customers/$customerId')({
  loader: ({ context, params }) =>
    void context.queryClient.prefetchQuery(customerQuery(context.tenantId, params.customerId)),
  component: CustomerDetail,
});

function CustomerDetail() {
  const { customerId } = Route.useParams();
  return <CustomerPage key={customerId} customerId={customerId} linkToShopify={useLinksToShopify()} />;
}
