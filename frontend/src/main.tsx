/** Starts the page. */
import '@mantine/core/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import 'virtual:theme.css';
import './styles/base.css';
import type { AnyRoute } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preloadFrame } from '~/app/lazy-frame';
import { Providers } from '~/app/providers';
import { makeQueryClient } from '~/app/query-client';
import { makeRouter } from '~/app/router';
import { followSession } from '~/app/session-end';

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

followSession(queryClient, router);
// The page's own files come while the session is asked for, not after it.
if (!window.location.pathname.startsWith('/sign-')) preloadFrame();
const routes = new Map<string, AnyRoute>(Object.entries(router.routesById));
for (const { routeId } of router.matchRoutes(router.latestLocation) as { routeId: string }[]) {
  const route = routes.get(routeId);
  if (route) void router.loadRouteChunk(route);
}

// Pages not opened yet come when there is nothing else to do: later there may be no network, or another release.
const { saveData } = (navigator as { connection?: { saveData?: boolean } }).connection ?? {};
const whenIdle = globalThis.requestIdleCallback ?? ((later: () => void) => setTimeout(later, 2000));
if (!saveData) {
  window.addEventListener('load', () =>
    whenIdle(() => {
      for (const route of routes.values()) void router.loadRouteChunk(route)?.catch(() => undefined);
    }),
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers queryClient={queryClient} router={router} />
  </StrictMode>,
);
