/** The places at the foot of narrow screens; the last tab holds the rest. */
import { Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import classes from './frame.module.css';
import { MemberItems } from './member-menu';
import { MAIN_PLACES, MORE_PLACES } from './nav';
import { StoreItems } from './store-items';
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
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = MORE_PLACES.some((place) => path.startsWith(place.to));
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
        <StoreItems />
        <Menu.Divider />
        <SchemeItems />
        <Menu.Divider />
        <MemberItems />
      </Menu.Dropdown>
    </Menu>
  );
}
