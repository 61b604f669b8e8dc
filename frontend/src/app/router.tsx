/** The router: routes from the folder, plain query strings, pages fetched when someone is about to open them. */
import type { QueryClient } from '@tanstack/react-query';
import { createRouter, useRouter, type ErrorComponentProps, type RouterHistory } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '~/lib/url-state';
import { BrokenPage } from '~/patterns/lost-page';
import { routeTree } from '~/routeTree.gen';
import { LazyFrame } from './lazy-frame';

/** Trying again is to ask again for what failed, not only to draw it again. */
function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <BrokenPage error={error} onRetry={retry} />;
}

export function makeRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    ...(history ? { history } : {}),
    context: { queryClient, frame: LazyFrame },
    parseSearch,
    stringifySearch,
    // What no page accepts leaves the address as it opens, so that no page meets it.
    search: { strict: true },
    // Caught by the innermost route, so that the frame around a broken page keeps working.
    defaultErrorComponent: RouteFailure,
    defaultPreload: 'intent',
    defaultPreloadDelay: 60,
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
