/** The tenant's name, and deleting it with everything in it. */
import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { Store, Tenant } from '~/api/types';
import { plural } from '~/lib/format';
import { AllowedButton, useRefusal } from '~/patterns/allowed';
import { Confirm } from '~/patterns/confirm';
import { tell } from '~/patterns/notice';
import { ProblemView } from '~/patterns/problem-view';
import { QueryView } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { CopyText } from '~/ui/copy-text';
import { Facts } from '~/ui/facts';
import { Panel } from '~/ui/panel';
import { When } from '~/ui/when';
import { useDeleteTenant, useRenameTenant } from './mutations';
import { tenantQuery } from './queries';
import classes from './settings.module.css';

export function TenantPanels({ onDeleted }: { onDeleted: (erasureId: string | null) => void }) {
  const { tenantId } = useSession();
  const tenant = useQuery(tenantQuery(tenantId));
  return (
    <QueryView query={tenant} skeleton={<LinesSkeleton lines={5} />} empty="never">
      {(data) => (
        <>
          <NamePanel key={data.id} tenant={data} />
          <DeletePanel tenant={data} onDeleted={onDeleted} />
        </>
      )}
    </QueryView>
  );
}

function NamePanel({ tenant }: { tenant: Tenant }) {
  const rename = useRenameTenant();
  const refusal = useRefusal('tenant:write');
  const form = useForm({
    initialValues: { name: tenant.name },
    validate: { name: (value) => (value.trim() ? null : 'Enter a name.') },
  });
  return (
    <Panel title="Tenant" note="Your business: its stores, members and data live here, apart from everyone else’s.">
      <form
        className={classes.form}
        onSubmit={form.onSubmit(({ name }) =>
          rename.mutate(name.trim(), {
            onSuccess: (saved) => {
              form.setInitialValues({ name: saved.name });
              form.reset();
              tell('The name was saved.');
            },
          }),
        )}
      >
        <TextInput label="Name" readOnly={refusal !== null} description={refusal} {...form.getInputProps('name')} />
        {rename.isError && <ProblemView problem={rename.error} doing="changing" inline />}
        <div>
          <AllowedButton
            permission="tenant:write"
            type="submit"
            disabled={refusal === null && !form.isDirty()}
            loading={rename.isPending}
          >
            Save name
          </AllowedButton>
        </div>
        <Facts
          facts={[
            { name: 'Tenant id', value: <CopyText value={tenant.id} label="tenant id" /> },
            { name: 'Created', value: <When at={tenant.createdAt} detail="date" /> },
          ]}
        />
      </form>
    </Panel>
  );
}

function DeletePanel({ tenant, onDeleted }: { tenant: Tenant; onDeleted: (erasureId: string | null) => void }) {
  const { stores } = useStores();
  const remove = useDeleteTenant();
  const [asking, setAsking] = useState(false);
  const sum = (pick: 'orders' | 'customers' | 'products') =>
    stores.reduce((total, store) => total + store.counts[pick], 0);
  return (
    <Panel
      title="Delete this tenant"
      note="Erases every store’s data, all members and all settings. There is no way back."
      danger
    >
      <AllowedButton permission="tenant:delete" color="red" variant="outline" onClick={() => setAsking(true)}>
        Delete {tenant.name}
      </AllowedButton>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${tenant.name}`}
        action="Delete for good"
        typeToConfirm={tenant.name}
        typeLabel="Type the tenant’s name to confirm"
        onConfirm={async () => {
          const answer = await remove.mutateAsync(tenant.name);
          onDeleted(answer.erasureId);
        }}
      >
        <p>This erases, for good:</p>
        <ul>
          <li>
            {plural(stores.length, 'store')} with {plural(sum('orders'), 'order')},{' '}
            {plural(sum('customers'), 'customer')} and {plural(sum('products'), 'product')}
          </li>
          <li>all members’ access to it, all settings and the audit log</li>
        </ul>
        <InShopify stores={stores} />
      </Confirm>
    </Panel>
  );
}

/** What happens at Shopify's side: an app connected by consent goes, one a merchant made by hand stays. */
function InShopify({ stores }: { stores: readonly Store[] }) {
  const consented = stores.filter((store) => store.connectedVia === 'OAUTH').length;
  const byToken = stores.length - consented;
  return (
    <p>
      {consented > 0 &&
        `The Storekeep app is also removed from ${plural(consented, 'shop')} in Shopify; orders, customers and products there stay as they are. `}
      {byToken > 0 &&
        `${plural(byToken, 'shop')} connected with a custom app’s token ${byToken === 1 ? 'keeps' : 'keep'} that app; remove it in the Shopify admin. `}
      {stores.length === 0 && 'Nothing is changed in Shopify.'}
    </p>
  );
}
