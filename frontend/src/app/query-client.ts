/** The cache of what the server said, and the rules for asking again. */
import { QueryClient, type Query } from '@tanstack/react-query';
import { retryDelay, shouldRetry, type ApiProblem } from '~/api/problem';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiProblem;
  }
}

/** Long lists are not read again from the top behind someone's back. */
const FEW_PAGES = 3;

export function isLongList(query: Query): boolean {
  const data = query.state.data as { pages?: unknown[] } | undefined;
  return Array.isArray(data?.pages) && data.pages.length > FEW_PAGES;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Without a network a question fails at once and says so; paused, it would wait without a word.
        networkMode: 'always',
        refetchOnReconnect: true,
        retry: shouldRetry,
        retryDelay,
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: (query) => !isLongList(query as unknown as Query),
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
