/** Reading a whole store again, for when a person doubts what is here. */
import { useState } from 'react';
import type { Store } from '~/api/types';
import { formatCount } from '~/lib/format';
import { AllowedButton } from '~/patterns/allowed';
import { Confirm } from '~/patterns/confirm';
import { useStartSync } from './mutations';

interface FullResyncProps {
  store: Store;
  /** Leads to the page that shows it happen. */
  onStarted: () => void;
}

export function FullResync({ store, onStarted }: FullResyncProps) {
  const [asking, setAsking] = useState(false);
  const start = useStartSync();
  return (
    <>
      <AllowedButton permission="sync:run" variant="subtle" color="gray" onClick={() => setAsking(true)}>
        Resync everything
      </AllowedButton>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Resync ${store.name}`}
        action="Resync everything"
        danger={false}
        onConfirm={async () => {
          await start.mutateAsync({ storeId: store.id, full: true });
          onStarted();
        }}
      >
        <p>
          All {formatCount(store.counts.orders)} orders, {formatCount(store.counts.customers)} customers and{' '}
          {formatCount(store.counts.products)} products are read again from Shopify. What no longer exists there is
          removed here. Figures stay visible meanwhile.
        </p>
      </Confirm>
    </>
  );
}
