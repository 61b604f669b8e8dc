/** The pages of one place, as a row of links. */
import { Link, type LinkProps } from '@tanstack/react-router';
import classes from './tab-links.module.css';

export interface TabLink {
  to: LinkProps['to'];
  label: string;
}

export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.label} to={tab.to} className={classes.tab} activeProps={{ 'aria-current': 'page' }}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
