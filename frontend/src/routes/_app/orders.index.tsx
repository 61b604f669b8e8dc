import { createFileRoute } from '@tanstack/react-router';
import { readOrderSearch } from '~/features/commerce/orders/model';
import { OrdersPage } from '~/features/commerce/orders/orders-page';

export const Route = createFileRoute('/_app/orders/')({
  validateSearch: readOrderSearch,
  component: Orders,
});

function Orders() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const { store: _store, ...own } = search;
  return (
    <OrdersPage
      search={own}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
      onClear={() => void navigate({ search: ({ store, sort }) => ({ store, sort }), replace: true })}
    />
  );
}
