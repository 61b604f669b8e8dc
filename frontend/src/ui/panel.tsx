/** A titled block of a page on its own surface. */
import { useId, type ReactNode } from 'react';
import classes from './panel.module.css';

interface PanelProps {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Lets tables and lists reach the edges. */
  flush?: boolean;
  danger?: boolean;
  className?: string;
}

export function Panel({ title, note, actions, children, flush = false, danger = false, className }: PanelProps) {
  const id = useId();
  return (
    <section
      className={[classes.panel, className].filter(Boolean).join(' ')}
      data-danger={danger || undefined}
      aria-labelledby={title ? id : undefined}
    >
      {(title || actions) && (
        <header className={classes.head}>
          <div className={classes.titles}>
            {title && (
              <h2 id={id} className={classes.title}>
                {title}
              </h2>
            )}
            {note && <p className={classes.note}>{note}</p>}
          </div>
          {actions && <div className={classes.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
