import { createFileRoute } from '@tanstack/react-router';
import { FullResync } from '~/features/commerce/sync/full-resync';
import { OpenRunNote } from '~/features/commerce/sync/open-run';
import { SyncNow } from '~/features/commerce/sync/runs-panel';
import { StoresPanel } from '~/features/connections/stores-page';
import { compact, text } from '~/lib/url-state';
import { ButtonLink } from '~/ui/links';

export const Route = createFileRoute('/_app/settings/stores')({
  validateSearch: (raw) => compact({ error: text(raw.error, 80), requestId: text(raw.requestId, 80) }),
  component: Stores,
});

function Stores() {
  const { error, requestId } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <StoresPanel
      failure={error ? { code: error, requestId: requestId ?? null } : null}
      onErasing={(erasureId) =>
        void navigate({ to: '/settings/erasures/$erasureId', params: { erasureId }, search: { store: undefined } })
      }
      syncState={(store) => <OpenRunNote storeId={store.id} />}
      syncActions={(store) =>
        store.status !== 'DISCONNECTING' && (
          <>
            <SyncNow storeId={store.id} label="Sync now" />
            <FullResync
              store={store}
              onStarted={() => void navigate({ to: '/stores/$storeId/import', params: { storeId: store.id } })}
            />
            <ButtonLink to="/operations/runs" search={{ store: store.id }} variant="subtle" color="gray">
              Sync runs
            </ButtonLink>
          </>
        )
      }
    />
  );
}
