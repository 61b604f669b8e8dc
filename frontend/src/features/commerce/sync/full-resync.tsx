/** Reading a whole store again, for when a person doubts what is here. */
import { useState } from 'react';
import type { Store } from '~/api/types';
import { plural } from '~/lib/format';
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
          Everything is read again from Shopify: {plural(store.counts.orders, 'order')},{' '}
          {plural(store.counts.customers, 'customer')} and {plural(store.counts.products, 'product')}. What no longer
          exists there is removed here. Figures stay visible meanwhile.
        </p>
      </Confirm>
    </>
  );
}
