/** Shows one component, or the whole product against the stand-in API. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryHistory } from '@tanstack/react-router';
import { http } from 'msw';
import { setupServer, type SetupServer } from 'msw/node';
import type { ReactNode } from 'react';
import { SessionProvider } from '~/api/session';
import { StoresProvider } from '~/api/stores';
import { Providers } from '~/app/providers';
import { makeQueryClient } from '~/app/query-client';
import { makeRouter } from '~/app/router';
import { followSession } from '~/app/session-end';
import { useShortcutListener } from '~/lib/keyboard/use-shortcut';
import { theme } from '~/theme';
import { FakeApi } from './fake/api';
import { buildState, type FakeOptions } from './fake/state';

/** A person at the page, without the pauses. */
export const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });

export const NOW = new Date('2026-03-10T12:00:00Z');

/** A network whose other end is the stand-in; start it in the file's beforeAll, close it in afterAll. */
export class FakeNetwork {
  api: FakeApi;
  readonly server: SetupServer;
  private readonly options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.options = { now: NOW, days: 40, perDay: 4, ...options };
    this.api = new FakeApi(this.options);
    this.server = setupServer(http.all('*/api/*', ({ request }) => this.api.handle(request)));
  }

  /** A new start, with other options for one test. */
  reset(options: FakeOptions = {}): void {
    this.api = new FakeApi({ ...this.options, ...options });
  }
}

function quickClient() {
  const queryClient = makeQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retryDelay: 1 } });
  return queryClient;
}

/** The whole product at an address. */
export function renderApp(path: string) {
  const queryClient = quickClient();
  const router = makeRouter(queryClient, createMemoryHistory({ initialEntries: [path] }));
  followSession(queryClient, router);
  const view = render(<Providers queryClient={queryClient} router={router} env="test" />);
  return { ...view, queryClient, router };
}

function Listening({ children }: { children: ReactNode }) {
  useShortcutListener();
  return children;
}

interface PartOptions {
  role?: FakeOptions['role'];
}

/** One part of a page, with a signed-in member and two stores around it. */
export function renderPart(part: ReactNode, { role }: PartOptions = {}) {
  const state = buildState({ now: NOW, days: 2, perDay: 1, ...(role ? { role } : {}) });
  const queryClient = quickClient();
  const wrapped = (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queryClient}>
        <SessionProvider session={state.identity}>
          <StoresProvider stores={state.shops.map((shop) => shop.store)} storeId={undefined}>
            <Listening>{part}</Listening>
          </StoresProvider>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
  return { ...render(wrapped), queryClient, state };
}
