/** Starts the page. */
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import 'virtual:theme.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { whenSignedOut } from '~/api/client';
import { live } from '~/api/live';
import { Providers } from '~/app/providers';
import { makeQueryClient } from '~/app/query-client';
import { makeRouter } from '~/app/router';
import { safeReturnPath } from '~/lib/url-state';

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

whenSignedOut(() => {
  const { pathname, searchStr } = router.state.location;
  if (pathname.startsWith('/sign-')) return;
  live.stop();
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { next: safeReturnPath(`${pathname}${searchStr}`) } });
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers queryClient={queryClient} router={router} />
  </StrictMode>,
);
