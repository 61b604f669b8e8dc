/** The workbench's frame, fetched beside the page it goes around; whoever only signs in never needs it. */
import { lazy, Suspense, type PropsWithChildren } from 'react';

const load = () => import('./shell/frame').then(({ Frame }) => ({ default: Frame }));
const Frame = lazy(load);

/** Starts fetching it now, where it will be wanted in a moment. */
export function preloadFrame(): void {
  void load();
}

export function LazyFrame({ children }: PropsWithChildren) {
  return (
    <Suspense fallback={null}>
      <Frame>{children}</Frame>
    </Suspense>
  );
}
