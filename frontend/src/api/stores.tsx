/** The tenant's stores, for every feature: names, currencies and time zones that figures are shown in. */
import { createContext, use, useMemo, type PropsWithChildren } from 'react';
import { dayIn, ownTimeZone, type Day } from '~/lib/dates';
import type { Store } from './types';

export interface StoreScope {
  stores: readonly Store[];
  /** The store chosen in the switcher; null means all of them. */
  current: Store | null;
  /** None of several is chosen: a row has to say whose it is. */
  several: boolean;
  find: (storeId: string) => Store | undefined;
  /** The zone moments are told in: the one the stores in sight share, or the reader's own where they differ. */
  timeZone: string;
  /** The day it is at the stores in sight; where they differ the latest, as in the API's answers. */
  today: () => Day;
  /** The stores in sight keep different time: each counts days in its own, and lists are told in the reader's. */
  mixedZones: boolean;
  /** The zone a list tells a store's moments in, so that two rows can be compared. */
  listZone: (storeId: string) => string | undefined;
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
    const several = current === null && stores.length > 1;
    const find = (id: string) => byId.get(id);
    const zones = new Set((current ? [current] : stores).map((store) => store.timeZone));
    const mixedZones = zones.size > 1;
    const [only = 'UTC'] = zones;
    const timeZone = mixedZones ? ownTimeZone() : only;
    const today = () => {
      const days = (zones.size > 0 ? [...zones] : [timeZone]).map((zone) => dayIn(zone));
      return days.reduce((a, b) => (a > b ? a : b));
    };
    const listZone = (id: string) => (mixedZones ? timeZone : find(id)?.timeZone);
    return { stores, current, several, find, timeZone, today, mixedZones, listZone };
  }, [stores, storeId]);
  return <StoresContext value={scope}>{children}</StoresContext>;
}

export function useStores(): StoreScope {
  const scope = use(StoresContext);
  if (!scope) throw new Error('useStores needs the workbench frame around it');
  return scope;
}
