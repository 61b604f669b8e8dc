/** One store: how it is, how often it is read, and the way to disconnect it. */
import { Select, Switch } from '@mantine/core';
import { IconPlugConnectedX, IconRefreshDot } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Store } from '~/api/types';
import { formatCount, formatInterval, humanise, plural } from '~/lib/format';
import { AllowedButton, useRefusal } from '~/patterns/allowed';
import { Confirm } from '~/patterns/confirm';
import { tell, tellProblem } from '~/patterns/notice';
import { Facts } from '~/ui/facts';
import { Panel } from '~/ui/panel';
import { StateBadge } from '~/ui/state-badge';
import { Ago, When } from '~/ui/when';
import classes from './connections.module.css';
import { consentAddress, INTERVALS, leavingWords, missingScopes, storeHealth } from './model';
import { useDisconnectStore, useUpdateStore } from './mutations';

interface StoreCardProps {
  store: Store;
  syncActions: ReactNode;
  syncState: ReactNode;
  onErasing: (erasureId: string) => void;
}

export function StoreCard({ store, syncActions, syncState, onErasing }: StoreCardProps) {
  const health = storeHealth(store);
  return (
    <Panel title={store.name} note={store.shop} actions={<StateBadge tone={health.tone} label={health.label} />}>
      {health.advice && <p className={classes.advice}>{health.advice}</p>}
      {store.historyLimited && (
        <p className={classes.advice}>
          Shopify shows this app only the last 60 days of orders, so older figures are missing.
        </p>
      )}
      {syncState}
      <div className={classes.counts}>
        <Count name="Orders" value={store.counts.orders} />
        <Count name="Customers" value={store.counts.customers} />
        <Count name="Products" value={store.counts.products} />
      </div>
      <div className={classes.columns}>
        <Facts
          facts={[
            {
              name: 'Last sync',
              value: store.lastSyncAt ? (
                <>
                  <Ago at={store.lastSyncAt} timeZone={store.timeZone} />
                  {store.lastSyncStatus && `, ${humanise(store.lastSyncStatus).toLowerCase()}`}
                </>
              ) : (
                'Not finished yet'
              ),
            },
            store.nextSyncAt && !store.syncPaused
              ? { name: 'Next sync', value: <NextSync at={store.nextSyncAt} timeZone={store.timeZone} /> }
              : null,
            { name: 'Time zone', value: store.timeZone },
            { name: 'Currency', value: store.currency },
            { name: 'Connected', value: <ConnectedBy store={store} /> },
          ]}
        />
        <Schedule store={store} />
      </div>
      <div className={classes.buttons}>
        {syncActions}
        {(store.status === 'NEEDS_RECONNECT' ||
          (store.connectedVia === 'OAUTH' && missingScopes(store).length > 0)) && (
          <AllowedButton
            permission="store:write"
            leftSection={<IconRefreshDot size={16} />}
            onClick={() => window.location.assign(consentAddress(store.shop))}
          >
            Reconnect in Shopify
          </AllowedButton>
        )}
        <Disconnect store={store} onErasing={onErasing} />
      </div>
    </Panel>
  );
}

/** A time that has passed means the sync is waiting for its turn. */
function NextSync({ at, timeZone }: { at: string; timeZone: string }) {
  return new Date(at).getTime() <= Date.now() ? 'Due now' : <Ago at={at} timeZone={timeZone} />;
}

function ConnectedBy({ store }: { store: Store }) {
  return (
    <>
      <When at={store.createdAt} timeZone={store.timeZone} detail="date" />,{' '}
      {store.connectedVia === 'OAUTH' ? 'through Shopify' : 'with a custom app’s token'}
    </>
  );
}

function Count({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <span className={classes.countName}>{name}</span>
      <strong className={classes.count}>{formatCount(value)}</strong>
    </div>
  );
}

function Schedule({ store }: { store: Store }) {
  const refusal = useRefusal('store:write');
  const update = useUpdateStore();
  const blocked = refusal !== null || store.status === 'DISCONNECTING';
  const choices = [...new Set<number>([...INTERVALS, store.syncIntervalMinutes])].sort((a, b) => a - b);
  const save = (change: { syncIntervalMinutes?: number; syncPaused?: boolean }, done: string) =>
    update.mutate({ storeId: store.id, ...change }, { onSuccess: () => tell(done), onError: tellProblem });
  return (
    <div className={classes.schedule}>
      <Select
        label="Look for changes"
        description={refusal}
        value={String(store.syncIntervalMinutes)}
        disabled={blocked || update.isPending}
        data={choices.map((minutes) => ({ value: String(minutes), label: capital(formatInterval(minutes)) }))}
        onChange={(value) =>
          value &&
          Number(value) !== store.syncIntervalMinutes &&
          save({ syncIntervalMinutes: Number(value) }, `${store.name} is now read ${formatInterval(Number(value))}.`)
        }
      />
      <Switch
        label="Scheduled syncs"
        checked={!store.syncPaused}
        disabled={blocked || update.isPending}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          save({ syncPaused: !on }, on ? 'Scheduled syncs are on again.' : 'Scheduled syncs are paused.');
        }}
      />
    </div>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Disconnect({ store, onErasing }: { store: Store; onErasing: (erasureId: string) => void }) {
  const [asking, setAsking] = useState(false);
  const disconnect = useDisconnectStore();
  return (
    <>
      <AllowedButton
        permission="store:delete"
        variant="subtle"
        color="red"
        leftSection={<IconPlugConnectedX size={16} />}
        blocked={store.status === 'DISCONNECTING' ? 'It is being disconnected already.' : null}
        onClick={() => setAsking(true)}
      >
        Disconnect
      </AllowedButton>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Disconnect ${store.name}`}
        action="Disconnect and erase"
        typeToConfirm={store.shop}
        typeLabel="Type the shop’s address to confirm"
        onConfirm={async () => {
          const erasure = await disconnect.mutateAsync({ storeId: store.id, confirmName: store.shop });
          onErasing(erasure.id);
        }}
      >
        <p>
          This erases {plural(store.counts.orders, 'order')}, {plural(store.counts.customers, 'customer')} and{' '}
          {plural(store.counts.products, 'product')} from Storekeep, for good, and gives up access to the shop.
        </p>
        <p>{leavingWords(store)} You can connect the shop again later and import anew.</p>
      </Confirm>
    </>
  );
}
