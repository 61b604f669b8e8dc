import { createFileRoute } from '@tanstack/react-router';
import { readOrderSearch } from '~/features/commerce/orders/model';
import { OrdersPage } from '~/features/commerce/orders/orders-page';
import { compact } from '~/lib/url-state';

export const Route = createFileRoute('/_app/orders/')({
  validateSearch: readOrderSearch,
  component: Orders,
});

function Orders() {
  // The router keeps beside what was read what was not accepted; the page must not see it.
  const search = readOrderSearch(Route.useSearch());
  const navigate = Route.useNavigate();
  return (
    <OrdersPage
      search={search}
      onSearch={(change) => void navigate({ search: (now) => ({ ...readOrderSearch(now), ...change }), replace: true })}
      onClear={() => void navigate({ search: (now) => compact({ sort: readOrderSearch(now).sort }), replace: true })}
    />
  );
}
