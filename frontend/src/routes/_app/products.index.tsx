import { createFileRoute } from '@tanstack/react-router';
import { readProductSearch } from '~/features/commerce/products/model';
import { ProductsPage } from '~/features/commerce/products/products-page';
import { compact } from '~/lib/url-state';

export const Route = createFileRoute('/_app/products/')({
  validateSearch: readProductSearch,
  component: Products,
});

function Products() {
  // The router keeps beside what was read what was not accepted; the page must not see it.
  const search = readProductSearch(Route.useSearch());
  const navigate = Route.useNavigate();
  return (
    <ProductsPage
      search={search}
      onSearch={(change) =>
        void navigate({ search: (now) => ({ ...readProductSearch(now), ...change }), replace: true })
      }
      onClear={() => void navigate({ search: (now) => compact({ sort: readProductSearch(now).sort }), replace: true })}
    />
  );
}
