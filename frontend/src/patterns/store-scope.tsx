/** Which store a page's figures are for, beside its title. */
import { IconBuildingStore, IconStack2 } from '@tabler/icons-react';
import { useStores } from '~/api/stores';
import classes from './store-scope.module.css';

/** The store a card is about, where it could be another's. */
export function StoreMark({ storeId }: { storeId: string }) {
  const { several, find } = useStores();
  const store = several && find(storeId);
  return store ? <span className={classes.mark}>{store.name}</span> : null;
}

export function StoreScopeChip() {
  const { stores, current } = useStores();
  if (stores.length === 0) return null;
  const only = stores.length === 1 ? stores[0] : null;
  const shown = current ?? only;
  const Icon = shown ? IconBuildingStore : IconStack2;
  return (
    <span className={classes.chip} title={shown?.shop}>
      <Icon size={15} stroke={1.75} aria-hidden="true" />
      <span className="sk-truncate">{shown ? shown.name : `All ${stores.length} stores`}</span>
    </span>
  );
}
