/** Nothing to show: either nothing yet (what this is and the first step) or nothing that matches (clear the filters). */
import { Button } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** Where it is all there is, it is the page's own heading. */
  level?: 1 | 2;
}

export function EmptyState({ icon, title, children, action, level = 2 }: EmptyStateProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className={classes.empty}>
      <div className={classes.icon} aria-hidden="true">
        {icon}
      </div>
      <Heading className={classes.title}>{title}</Heading>
      <div className={classes.text}>{children}</div>
      {action}
    </div>
  );
}

export function FilteredEmpty({ what, onClear }: { what: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={<IconFilterOff size={28} stroke={1.5} />}
      title={`No ${what} match`}
      action={
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      }
    >
      Nothing fits what you searched for and the filters you chose.
    </EmptyState>
  );
}
