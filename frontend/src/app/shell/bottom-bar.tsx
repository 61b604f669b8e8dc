/** The places at the foot of narrow screens; the last tab holds the rest. */
import { Menu } from '@mantine/core';
import { IconBuildingStore, IconCheck, IconDots, IconPlus, IconStack2 } from '@tabler/icons-react';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useStores } from '~/api/stores';
import classes from './frame.module.css';
import { MemberItems } from './member-menu';
import { MAIN_PLACES, MORE_PLACES } from './nav';
import { SchemeItems } from './theme-menu';

export function BottomBar() {
  return (
    <nav className={classes.bottom} aria-label="Main">
      {MAIN_PLACES.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={classes.tab} activeProps={{ 'aria-current': 'page' }}>
          <Icon size={22} stroke={1.75} aria-hidden="true" />
          {label}
        </Link>
      ))}
      <More />
    </nav>
  );
}

function More() {
  const { stores, current } = useStores();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = MORE_PLACES.some((place) => path.startsWith(place.to));
  const choose = (store: string | undefined) => void navigate({ to: '.', search: (now) => ({ ...now, store }) });
  return (
    <Menu position="top-end" width={280}>
      <Menu.Target>
        <button type="button" className={classes.tab} aria-current={here ? 'page' : undefined}>
          <IconDots size={22} stroke={1.75} aria-hidden="true" />
          More
        </button>
      </Menu.Target>
      <Menu.Dropdown mah="70dvh" className={classes.more}>
        {MORE_PLACES.map(({ to, label, icon: Icon }) => (
          <Menu.Item key={to} leftSection={<Icon size={18} stroke={1.75} />} onClick={() => void navigate({ to })}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Store</Menu.Label>
        {stores.length > 1 && (
          <Menu.Item
            leftSection={<IconStack2 size={18} stroke={1.75} />}
            rightSection={current === null && <IconCheck size={14} />}
            onClick={() => choose(undefined)}
          >
            All stores
          </Menu.Item>
        )}
        {stores.map((store) => (
          <Menu.Item
            key={store.id}
            leftSection={<IconBuildingStore size={18} stroke={1.75} />}
            rightSection={current?.id === store.id && <IconCheck size={14} />}
            onClick={() => choose(stores.length > 1 ? store.id : undefined)}
          >
            {store.name}
          </Menu.Item>
        ))}
        <Menu.Item
          leftSection={<IconPlus size={18} stroke={1.75} />}
          onClick={() => void navigate({ to: '/stores/connect', search: {} })}
        >
          Connect a store
        </Menu.Item>
        <Menu.Divider />
        <SchemeItems />
        <Menu.Divider />
        <MemberItems />
      </Menu.Dropdown>
    </Menu>
  );
}
