import { createFileRoute } from '@tanstack/react-router';
import { CustomersPage } from '~/features/commerce/customers/customers-page';
import { readCustomerSearch } from '~/features/commerce/customers/model';
import { compact } from '~/lib/url-state';

export const Route = createFileRoute('/_app/customers/')({
  validateSearch: readCustomerSearch,
  component: Customers,
});

function Customers() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <CustomersPage
      search={search}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
      onClear={() =>
        void navigate({
          search: ({ store, sort, currency }) => compact({ store, sort, currency }),
          replace: true,
        })
      }
    />
  );
}
