/** The left rail: store, places, appearance, member. */
import { Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { HintedLabel, IconButton } from '~/ui/icon-button';
import classes from './frame.module.css';
import { MemberMenu } from './member-menu';
import { PLACES } from './nav';
import { StoreSwitcher } from './store-switcher';
import { ThemeMenu } from './theme-menu';

export function Rail({ onShortcuts }: { onShortcuts: () => void }) {
  return (
    <aside className={classes.rail}>
      <StoreSwitcher />
      <nav className={classes.places} aria-label="Main">
        {PLACES.map(({ to, label, icon: Icon }) => (
          <Tooltip key={to} label={<HintedLabel label={label} shortcut={`go.${to}`} />} position="right">
            <Link to={to} className={classes.place} aria-label={label} activeProps={{ 'aria-current': 'page' }}>
              <Icon size={21} stroke={1.75} aria-hidden="true" />
            </Link>
          </Tooltip>
        ))}
      </nav>
      <IconButton
        label="Keyboard shortcuts"
        shortcut="app.shortcuts"
        tooltipSide="right"
        icon={<IconKeyboard size={19} stroke={1.75} />}
        onClick={onShortcuts}
      />
      <ThemeMenu />
      <MemberMenu />
    </aside>
  );
}
