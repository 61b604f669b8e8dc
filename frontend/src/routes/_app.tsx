import { useSuspenseQuery } from '@tanstack/react-query';
import { createFileRoute, Outlet, redirect, retainSearchParams } from '@tanstack/react-router';
import { setPageOf } from '~/api/client';
import { problemFromThrown } from '~/api/problem';
import { SessionProvider } from '~/api/session';
import { StoresProvider } from '~/api/stores';
import { sessionQuery } from '~/features/accounts/queries';
import { storesQuery } from '~/features/connections/queries';
import { compact, uuid } from '~/lib/url-state';
import { safeReturnPath } from '~/lib/url-state';

export const Route = createFileRoute('/_app')({
  validateSearch: (raw): { store?: string } => compact({ store: uuid(raw.store) }),
  search: { middlewares: [retainSearchParams(['store'])] },
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.queryClient.ensureQueryData(sessionQuery());
      setPageOf(session);
      return { tenantId: session.tenant.id };
    } catch (error) {
      const problem = problemFromThrown(error);
      if (problem.status !== 401) throw error;
      const ended = problem.code === 'AUTH_SESSION_EXPIRED' ? { notice: 'ended' as const } : {};
      throw redirect({ to: '/sign-in', search: { next: safeReturnPath(location.href), ...ended } });
    }
  },
  loader: ({ context }) => context.queryClient.ensureQueryData(storesQuery(context.tenantId)),
  component: Workbench,
});

function Workbench() {
  const { frame: Frame, tenantId } = Route.useRouteContext();
  const { store } = Route.useSearch();
  const { data: session } = useSuspenseQuery(sessionQuery());
  const { data: stores } = useSuspenseQuery(storesQuery(tenantId));
  return (
    <SessionProvider session={session}>
      <StoresProvider stores={stores.items} storeId={store}>
        <Frame>
          <Outlet />
        </Frame>
      </StoresProvider>
    </SessionProvider>
  );
}
