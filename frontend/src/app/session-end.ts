/** What happens when the server says the session is over: nothing of it stays, and signing in leads back here. */
import type { QueryClient } from '@tanstack/react-query';
import { whenSignedOut } from '~/api/client';
import { live } from '~/api/live';
import { safeReturnPath } from '~/lib/url-state';
import type { makeRouter } from './router';

export function leaveWhenSignedOut(queryClient: QueryClient, router: ReturnType<typeof makeRouter>): void {
  whenSignedOut(() => {
    const { pathname, searchStr } = router.state.location;
    if (pathname.startsWith('/sign-')) return;
    live.stop();
    queryClient.clear();
    void router.navigate({
      to: '/sign-in',
      search: { next: safeReturnPath(`${pathname}${searchStr}`), notice: 'ended' },
    });
  });
}
