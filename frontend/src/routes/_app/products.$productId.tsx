import { createFileRoute } from '@tanstack/react-router';
import { useLinksToShopify } from '~/features/accounts/use-meta';
import { ProductPage } from '~/features/commerce/products/product-page';
import { productQuery } from '~/features/commerce/products/queries';

export const Route = createFileRoute('/_app/products/$productId')({
  loader: ({ context, params }) =>
    void context.queryClient.prefetchQuery(productQuery(context.tenantId, params.productId)),
  component: ProductDetail,
});

function ProductDetail() {
  const { productId } = Route.useParams();
  return <ProductPage key={productId} productId={productId} linkToShopify={useLinksToShopify()} />;
}
