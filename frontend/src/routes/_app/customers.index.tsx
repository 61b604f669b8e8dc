import { createFileRoute } from '@tanstack/react-router';
import { CustomersPage } from '~/features/commerce/customers/customers-page';
import { readCustomerSearch, type CustomerSearch } from '~/features/commerce/customers/model';
import { compact } from '~/lib/url-state';

export const Route = createFileRoute('/_app/customers/')({
  validateSearch: readCustomerSearch,
  component: Customers,
});

function Customers() {
  // The router keeps beside what was read what was not accepted; the page must not see it.
  const search = readCustomerSearch(Route.useSearch());
  const navigate = Route.useNavigate();
  return (
    <CustomersPage
      search={search}
      onSearch={(change) =>
        void navigate({ search: (now) => ({ ...readCustomerSearch(now), ...change }), replace: true })
      }
      onClear={() => {
        const kept = ({ sort, currency }: CustomerSearch) => compact({ sort, currency });
        void navigate({ search: (now) => kept(readCustomerSearch(now)), replace: true });
      }}
    />
  );
}
