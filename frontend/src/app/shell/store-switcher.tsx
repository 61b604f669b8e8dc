/** Which store the pages are about: one, or all. The choice is in the address, so a link shows the same. */
import { Menu, Tooltip } from '@mantine/core';
import { IconBuildingStore, IconCheck, IconPlus, IconStack2 } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useStores } from '~/api/stores';
import { initials } from '~/lib/format';
import classes from './frame.module.css';

export function StoreSwitcher() {
  const { stores, current } = useStores();
  const navigate = useNavigate();
  const only = stores.length === 1 ? stores[0] : undefined;
  const shown = current ?? only;
  const name = shown?.name ?? (stores.length ? 'All stores' : 'No store yet');
  // Staying on the page keeps what one looks at; only the store changes.
  const choose = (store: string | undefined) => void navigate({ to: '.', search: (now) => ({ ...now, store }) });
  return (
    <Menu position="right-start" width={260}>
      <Menu.Target>
        <Tooltip label={`Store: ${name}`} position="right">
          <button type="button" className={classes.switcher} aria-label={`Store: ${name}. Switch store`}>
            {shown ? initials(shown.name) : <IconStack2 size={19} stroke={1.75} aria-hidden="true" />}
          </button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Stores</Menu.Label>
        {stores.length > 1 && (
          <Menu.Item
            leftSection={<IconStack2 size={16} />}
            rightSection={current === null && <IconCheck size={14} />}
            onClick={() => choose(undefined)}
          >
            All stores
          </Menu.Item>
        )}
        {stores.map((store) => (
          <Menu.Item
            key={store.id}
            leftSection={<IconBuildingStore size={16} />}
            rightSection={shown?.id === store.id && <IconCheck size={14} />}
            onClick={() => choose(stores.length > 1 ? store.id : undefined)}
          >
            {store.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconPlus size={16} />}
          onClick={() => void navigate({ to: '/stores/connect', search: {} })}
        >
          Connect a store
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
