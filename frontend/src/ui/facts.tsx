/** Names and values, for the side of a detail page. Values that are missing are left out, not shown as dashes. */
import type { ReactNode } from 'react';
import classes from './facts.module.css';

export interface Fact {
  name: string;
  value: ReactNode;
}

export function Facts({ facts }: { facts: readonly (Fact | null)[] }) {
  const shown = facts.filter(
    (fact): fact is Fact => fact !== null && fact.value !== null && fact.value !== '' && fact.value !== false,
  );
  if (shown.length === 0) return null;
  return (
    <dl className={classes.list}>
      {shown.map((fact) => (
        <div className={classes.row} key={fact.name}>
          <dt className={classes.name}>{fact.name}</dt>
          <dd className={classes.value}>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
