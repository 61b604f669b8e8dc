/** Which store the pages are about: one, or all. The choice is in the address, so a link shows the same. */
import { Menu, Tooltip } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useStores } from '~/api/stores';
import { initials } from '~/lib/format';
import classes from './frame.module.css';
import { StoreItems } from './store-items';

export function StoreSwitcher() {
  const { stores, current } = useStores();
  const shown = current ?? (stores.length === 1 ? stores[0] : undefined);
  const name = shown?.name ?? (stores.length ? 'All stores' : 'No store yet');
  return (
    <Menu position="right-start" width={260}>
      <Menu.Target>
        <Tooltip label={`Store: ${name}`} position="right">
          <button
            type="button"
            className={classes.switcher}
            aria-label={shown ? `${initials(name)}, store ${name}. Switch store` : `Store: ${name}. Switch store`}
          >
            {shown ? initials(shown.name) : <IconStack2 size={19} stroke={1.75} aria-hidden="true" />}
          </button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <StoreItems />
      </Menu.Dropdown>
    </Menu>
  );
}
