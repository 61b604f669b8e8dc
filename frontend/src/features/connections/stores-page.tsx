/** The tenant's stores: health, schedule, syncing by hand, disconnecting. */
import { IconBuildingStore, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useSession } from '~/api/session';
import type { Store } from '~/api/types';
import { EmptyState } from '~/patterns/empty-state';
import { QueryView } from '~/patterns/query-view';
import { PanelSkeleton } from '~/patterns/skeletons';
import { ButtonLink } from '~/ui/links';
import { FailureNotice, type ConnectFailure } from './connect-page';
import classes from './connections.module.css';
import { storesQuery } from './queries';
import { StoreCard } from './store-card';

interface StoresPanelProps {
  failure: ConnectFailure | null;
  /** Buttons that belong to another part of the product: syncing, its runs. */
  syncActions: (store: Store) => ReactNode;
  /** A sync that waits or runs. */
  syncState: (store: Store) => ReactNode;
  onErasing: (erasureId: string) => void;
}

export function StoresPanel({ failure, syncActions, syncState, onErasing }: StoresPanelProps) {
  const { tenantId } = useSession();
  const stores = useQuery(storesQuery(tenantId));
  const connect = (
    <ButtonLink to="/stores/connect" leftSection={<IconPlus size={16} />}>
      Connect a store
    </ButtonLink>
  );
  return (
    <>
      {failure && <FailureNotice failure={failure} />}
      <QueryView
        query={stores}
        skeleton={<PanelSkeleton height={260} />}
        empty={({ items }) =>
          items.length === 0 && (
            <EmptyState icon={<IconBuildingStore size={28} stroke={1.5} />} title="No store yet" action={connect}>
              A store’s customers, orders and products are copied here and kept up to date.
            </EmptyState>
          )
        }
      >
        {({ items }) => (
          <>
            {items.map((store) => (
              <StoreCard
                key={store.id}
                store={store}
                syncActions={syncActions(store)}
                syncState={syncState(store)}
                onErasing={onErasing}
              />
            ))}
            <div className={classes.more}>{connect}</div>
          </>
        )}
      </QueryView>
    </>
  );
}
