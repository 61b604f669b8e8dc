/**
 * The session is the browser's, shared by all its tabs. When it ends, nothing of it stays on the page and signing in leads back
 * here; when another tab turned to another tenant, or somebody else signed in there, the page goes along.
 */
import type { QueryClient } from '@tanstack/react-query';
import { pageOfSession, setPageOf, whenSessionChanged, whenSignedOut } from '~/api/client';
import { live } from '~/api/live';
import { problemFromThrown } from '~/api/problem';
import { hearTabs } from '~/api/session-news';
import { sessionQuery } from '~/features/accounts/queries';
import { safeReturnPath } from '~/lib/url-state';
import { tell } from '~/patterns/notice';
import type { makeRouter } from './router';

/** A stream that is lost may have been lost with the session; more often than this it is not asked. */
const ASK_EVERY_MS = 5000;

export function followSession(queryClient: QueryClient, router: ReturnType<typeof makeRouter>): void {
  const isOutside = () => router.state.location.pathname.startsWith('/sign-');

  const leave = (notice: 'ended' | 'deleted') => {
    if (isOutside()) return;
    const { pathname, searchStr } = router.state.location;
    live.stop();
    setPageOf(null);
    queryClient.clear();
    const next = notice === 'ended' ? { next: safeReturnPath(`${pathname}${searchStr}`) } : {};
    void router.navigate({ to: '/sign-in', search: { ...next, notice } });
  };

  let asking = false;
  const goAlong = async () => {
    const { queryKey, queryFn } = sessionQuery();
    const before = queryClient.getQueryData(queryKey);
    if (asking || !before || isOutside() || typeof queryFn !== 'function') return;
    asking = true;
    try {
      // Not into the cache: what is on the page must not be shown under another name for an instant.
      const session = await queryFn({ signal: new AbortController().signal } as Parameters<typeof queryFn>[0]);
      if (pageOfSession(session) === pageOfSession(before)) return;
      live.stop();
      queryClient.clear();
      setPageOf(session);
      queryClient.setQueryData(queryKey, session);
      await router.navigate({ to: '/insights', search: {} });
      await router.invalidate();
      const who = session.user.id === before.user.id ? '' : ` as ${session.user.name}`;
      tell(`Another tab is in ${session.tenant.name}${who} now, and this one went along.`);
    } catch (error) {
      if (problemFromThrown(error).status === 401) leave('ended');
    } finally {
      asking = false;
    }
  };

  whenSignedOut(() => leave('ended'));
  whenSessionChanged(() => void goAlong());
  hearTabs((news) => {
    if (news.kind === 'left') leave(news.notice);
    else void goAlong();
  });
  let askedAt = 0;
  live.watch(() => {
    const lost = live.status() === 'retrying' || live.status() === 'offline';
    if (!lost || !navigator.onLine || Date.now() - askedAt < ASK_EVERY_MS) return;
    askedAt = Date.now();
    void goAlong();
  });
}
