import { createFileRoute } from '@tanstack/react-router';
import { readOrderSearch } from '~/features/commerce/orders/model';
import { OrdersPage } from '~/features/commerce/orders/orders-page';
import { compact } from '~/lib/url-state';

export const Route = createFileRoute('/_app/orders/')({
  validateSearch: readOrderSearch,
  component: Orders,
});

function Orders() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <OrdersPage
      search={search}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
      onClear={() => void navigate({ search: ({ store, sort }) => compact({ store, sort }), replace: true })}
    />
  );
}
