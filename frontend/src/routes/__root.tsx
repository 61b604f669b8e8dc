/** The top of every page: what routes may count on, and what shows when an address leads nowhere or a page breaks. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router';
import type { ComponentType, PropsWithChildren } from 'react';
import { BrokenPage, MissingPage } from '~/patterns/lost-page';

export interface RouterContext {
  queryClient: QueryClient;
  /** The workbench around signed-in pages; given by the app, which routes do not import. */
  frame: ComponentType<PropsWithChildren>;
}

export const Route = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: MissingPage,
  errorComponent: ({ error, reset }) => <BrokenPage error={error} onRetry={reset} />,
});
