import { useQuery, type QueryFunction } from '@tanstack/react-query';
import { screen, waitFor } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '~/api/types';
import { FakeNetwork, renderPart, user } from '~/test/render';
import { useSignIn } from './mutations';
import { sessionQuery } from './queries';

const network = new FakeNetwork();

beforeAll(() => network.server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => network.reset());
afterAll(() => network.server.close());

function Door({ email }: { email: string }) {
  const signIn = useSignIn();
  return (
    <button onClick={() => signIn.mutate({ username: email, password: 'storekeep-demo' })}>
      {signIn.isSuccess ? 'Signed in' : 'Sign in'}
    </button>
  );
}

function Page({ ask }: { ask: QueryFunction<string> }) {
  const answer = useQuery({ queryKey: ['a page'], queryFn: ask });
  return <p>{answer.data ?? 'waiting'}</p>;
}

function openPage(ask: QueryFunction<string>, before?: (session: Session) => Session) {
  const { identity } = network.api.state;
  const { queryClient } = renderPart(
    <>
      <Door email={identity.user.email} />
      <Page ask={ask} />
    </>,
  );
  if (before) queryClient.setQueryData(sessionQuery().queryKey, before(identity));
  return queryClient;
}

describe('signing in', () => {
  it('a second time leaves no page waiting for ever', async () => {
    let answer: (text: string) => void = () => undefined;
    openPage(
      () => new Promise((resolve) => (answer = resolve)),
      (session) => session,
    );
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByRole('button', { name: 'Signed in' });
    answer('an answer');
    expect(await screen.findByText('an answer')).toBeVisible();
  });

  it('to another tenant forgets what the one before was told', async () => {
    const queryClient = openPage(
      () => Promise.resolve('an answer'),
      (session) => ({ ...session, tenant: { ...session.tenant, id: 'another' } }),
    );
    queryClient.setQueryData(['told'], 'the other’s');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(queryClient.getQueryData(['told'])).toBeUndefined());
  });
});
