import { createFileRoute } from '@tanstack/react-router';
import { ConnectPage } from '~/features/connections/connect-page';
import { compact, text } from '~/lib/url-state';

export const Route = createFileRoute('/_app/stores/connect')({
  validateSearch: (raw) =>
    compact({ error: text(raw.error, 80), requestId: text(raw.requestId, 80), shop: text(raw.shop, 120) }),
  component: Connect,
});

function Connect() {
  const { error, requestId, shop } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ConnectPage
      failure={error ? { code: error, requestId: requestId ?? null } : null}
      suggestion={shop ?? null}
      onConnected={(store) =>
        void navigate({ to: '/stores/$storeId/import', params: { storeId: store.id }, search: { store: store.id } })
      }
    />
  );
}
