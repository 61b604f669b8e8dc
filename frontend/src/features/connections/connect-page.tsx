/** Connecting a store: by consent in Shopify, or with a custom app's token. */
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconChevronDown, IconExternalLink, IconKey, IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { problemFromThrown } from '~/api/problem';
import type { Store } from '~/api/types';
import { useRefusal } from '~/patterns/allowed';
import { EmptyState } from '~/patterns/empty-state';
import { showFieldProblems } from '~/patterns/form-problems';
import { Page } from '~/patterns/page';
import { ProblemView, RequestId } from '~/patterns/problem-view';
import { ButtonLink } from '~/ui/links';
import { Panel } from '~/ui/panel';
import { SecretInput } from '~/ui/secret-input';
import classes from './connections.module.css';
import { connectErrorWords, consentAddress, shopDomain } from './model';
import { useConnectWithToken } from './mutations';

export interface ConnectFailure {
  code: string;
  requestId: string | null;
}

interface ConnectPageProps {
  failure: ConnectFailure | null;
  suggestion: string | null;
  onConnected: (store: Store) => void;
  /** Leaves for Shopify's consent page; replaced in tests. */
  leaveFor?: (address: string) => void;
}

const leave = (address: string) => window.location.assign(address);
const shopProblem = (typed: string) =>
  shopDomain(typed) ? null : 'Enter the shop’s address, like my-shop or my-shop.myshopify.com.';

export function ConnectPage(props: ConnectPageProps) {
  const refusal = useRefusal('store:write');
  return (
    <Page title="Connect a store" width="reading">
      {refusal ? <NotYours refusal={refusal} /> : <WaysIn {...props} />}
    </Page>
  );
}

/** A form that could not be sent would only raise hopes. */
function NotYours({ refusal }: { refusal: string }) {
  return (
    <EmptyState
      icon={<IconLock size={28} stroke={1.5} />}
      title="An owner or admin connects stores"
      action={
        <ButtonLink to="/insights" variant="default">
          To the dashboard
        </ButtonLink>
      }
    >
      {refusal} Once they have connected a store, you see its orders, customers and figures here.
    </EmptyState>
  );
}

function WaysIn({ failure, suggestion, onConnected, leaveFor = leave }: ConnectPageProps) {
  const [going, setGoing] = useState(false);
  const form = useForm({ initialValues: { shop: suggestion ?? '' }, validate: { shop: shopProblem } });
  return (
    <div className={classes.stack}>
      {failure && <FailureNotice failure={failure} />}
      <Panel
        title="Connect with Shopify"
        note="You go to Shopify, see what Storekeep asks to read, and agree or not. Nothing in your shop is changed."
      >
        <form
          className={classes.form}
          onSubmit={form.onSubmit(({ shop }) => {
            const domain = shopDomain(shop);
            if (!domain) return;
            setGoing(true);
            leaveFor(consentAddress(domain));
          })}
        >
          <TextInput
            label="Shop address"
            placeholder="my-shop.myshopify.com"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            size="md"
            {...form.getInputProps('shop')}
          />
          <div>
            <Button type="submit" size="md" loading={going} leftSection={<IconExternalLink size={18} />}>
              Continue to Shopify
            </Button>
          </div>
        </form>
      </Panel>
      <TokenPanel onConnected={onConnected} />
    </div>
  );
}

/** The second way in: a token made by hand in the shop's own admin. */
function TokenPanel({ onConnected }: { onConnected: (store: Store) => void }) {
  const [opened, setOpened] = useState(false);
  const connect = useConnectWithToken();
  const form = useForm({
    initialValues: { shop: '', accessToken: '' },
    validate: {
      shop: shopProblem,
      accessToken: (value) => (value.trim() ? null : 'Paste the Admin API access token.'),
    },
  });
  if (!opened) {
    return (
      <Button
        variant="subtle"
        color="gray"
        className={classes.disclose}
        leftSection={<IconKey size={16} />}
        rightSection={<IconChevronDown size={16} />}
        onClick={() => setOpened(true)}
      >
        I have a custom app’s token
      </Button>
    );
  }
  return (
    <Panel
      title="Connect with a custom app’s token"
      note="In your Shopify admin: Settings, Apps, Develop apps, your app, API credentials. It needs to read customers, orders, products and fulfilments."
    >
      <form
        className={classes.form}
        onSubmit={form.onSubmit(({ shop, accessToken }) =>
          connect.mutate(
            { shop: shopDomain(shop) ?? shop, accessToken: accessToken.trim() },
            { onSuccess: onConnected, onError: (error) => showFieldProblems(form, problemFromThrown(error)) },
          ),
        )}
      >
        <TextInput label="Shop address" placeholder="my-shop.myshopify.com" {...form.getInputProps('shop')} />
        <SecretInput
          label="Admin API access token"
          placeholder="shpat_…"
          autoComplete="off"
          description="Kept encrypted. It is never shown again."
          {...form.getInputProps('accessToken')}
        />
        {connect.isError && <ProblemView problem={connect.error} doing="changing" inline />}
        <div>
          <Button type="submit" loading={connect.isPending}>
            Connect store
          </Button>
        </div>
      </form>
    </Panel>
  );
}

export function FailureNotice({ failure }: { failure: ConnectFailure }) {
  return (
    <div className={classes.failure} role="alert">
      <p className={classes.failureTitle}>Not connected</p>
      <p>{connectErrorWords(failure.code)}</p>
      <p className={classes.codes}>
        <code>{failure.code}</code> <RequestId id={failure.requestId} />
      </p>
    </div>
  );
}
