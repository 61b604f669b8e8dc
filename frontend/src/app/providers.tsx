/** What every page stands on: theme, cache, router, floating messages. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { theme } from '~/theme';
import type { makeRouter } from './router';

const Messages = lazy(() => import('./messages'));

interface ProvidersProps {
  queryClient: QueryClient;
  router: ReturnType<typeof makeRouter>;
  /** In tests nothing fades in or out. */
  env?: 'default' | 'test';
}

export function Providers({ queryClient, router, env = 'default' }: ProvidersProps) {
  return (
    // Variables and classes are in the built stylesheet: the security policy allows no <style> written at run time.
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      env={env}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Suspense fallback={null}>
          <Messages />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}
