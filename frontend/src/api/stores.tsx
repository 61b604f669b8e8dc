/** The tenant's stores, for every feature: names, currencies and time zones that figures are shown in. */
import { createContext, use, useMemo, type PropsWithChildren } from 'react';
import type { Store } from './types';

export interface StoreScope {
  stores: readonly Store[];
  /** The store chosen in the switcher; null means all of them. */
  current: Store | null;
  find: (storeId: string) => Store | undefined;
  /** The zone days are counted in: the chosen store's, the only store's, or the first one's. */
  timeZone: string;
}

const StoresContext = createContext<StoreScope | null>(null);

interface StoresProviderProps {
  stores: readonly Store[];
  storeId: string | undefined;
}

export function StoresProvider({ stores, storeId, children }: PropsWithChildren<StoresProviderProps>) {
  const scope = useMemo<StoreScope>(() => {
    const byId = new Map(stores.map((store) => [store.id, store]));
    const current = (storeId && byId.get(storeId)) || null;
    const timeZone = current?.timeZone ?? stores[0]?.timeZone ?? 'UTC';
    return { stores, current, find: (id) => byId.get(id), timeZone };
  }, [stores, storeId]);
  return <StoresContext value={scope}>{children}</StoresContext>;
}

export function useStores(): StoreScope {
  const scope = use(StoresContext);
  if (!scope) throw new Error('useStores needs the workbench frame around it');
  return scope;
}
