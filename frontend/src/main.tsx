/** Starts the page. */
import '@mantine/core/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import 'virtual:theme.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preloadFrame } from '~/app/lazy-frame';
import { Providers } from '~/app/providers';
import { makeQueryClient } from '~/app/query-client';
import { makeRouter } from '~/app/router';
import { leaveWhenSignedOut } from '~/app/session-end';

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

leaveWhenSignedOut(queryClient, router);
if (!window.location.pathname.startsWith('/sign-')) preloadFrame();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers queryClient={queryClient} router={router} />
  </StrictMode>,
);
