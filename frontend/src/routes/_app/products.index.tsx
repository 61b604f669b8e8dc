import { createFileRoute } from '@tanstack/react-router';
import { readProductSearch } from '~/features/commerce/products/model';
import { ProductsPage } from '~/features/commerce/products/products-page';
import { compact } from '~/lib/url-state';

export const Route = createFileRoute('/_app/products/')({
  validateSearch: readProductSearch,
  component: Products,
});

function Products() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ProductsPage
      search={search}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
      onClear={() => void navigate({ search: ({ store, sort }) => compact({ store, sort }), replace: true })}
    />
  );
}
