/** The stores to choose from, and connecting another: the same in the rail's menu and in the bottom bar's. */
import { Menu } from '@mantine/core';
import { IconBuildingStore, IconPlus, IconStack2 } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useStores } from '~/api/stores';
import { MenuChoice } from '~/ui/menu-choice';

export function StoreItems() {
  const { stores, current } = useStores();
  const navigate = useNavigate();
  const several = stores.length > 1;
  // Staying on the page keeps what one looks at; only the store changes.
  const choose = (store: string | undefined) => void navigate({ to: '.', search: (now) => ({ ...now, store }) });
  return (
    <>
      <Menu.Label>Stores</Menu.Label>
      {several && (
        <MenuChoice
          value="all"
          checked={current === null}
          icon={<IconStack2 size={16} stroke={1.75} />}
          onChoose={() => choose(undefined)}
        >
          All stores
        </MenuChoice>
      )}
      {stores.map((store) => (
        <MenuChoice
          key={store.id}
          value={store.id}
          checked={!several || current?.id === store.id}
          icon={<IconBuildingStore size={16} stroke={1.75} />}
          onChoose={() => choose(several ? store.id : undefined)}
        >
          {store.name}
        </MenuChoice>
      ))}
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconPlus size={16} stroke={1.75} />}
        onClick={() => void navigate({ to: '/stores/connect', search: {} })}
      >
        Connect a store
      </Menu.Item>
    </>
  );
}
