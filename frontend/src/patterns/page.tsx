/** A page inside the frame: title, scope, actions and the frame's own corner (search, live state), then its body. */
import { createContext, use, useEffect, type ReactNode } from 'react';
import classes from './page.module.css';

/** What the frame puts at the right end of every page's top bar. */
export const FrameCorner = createContext<ReactNode>(null);

interface PageProps {
  title: string;
  /** A way back, shown before the title. */
  back?: ReactNode;
  /** Which store and which dates the figures are for. */
  scope?: ReactNode;
  actions?: ReactNode;
  /** `scroll`: the body scrolls. `fill`: the body has the window's height and its parts scroll. */
  body?: 'scroll' | 'fill';
  /** Widest the body grows; tables use all there is. */
  width?: 'full' | 'wide' | 'reading';
  children: ReactNode;
}

export function Page({ title, back, scope, actions, body = 'scroll', width = 'full', children }: PageProps) {
  const corner = use(FrameCorner);
  useEffect(() => {
    document.title = `${title} · Storekeep`;
  }, [title]);
  return (
    <>
      <header className={classes.bar}>
        <div className={classes.heading}>
          {back}
          <h1 className={classes.title}>{title}</h1>
        </div>
        {scope && <div className={classes.scope}>{scope}</div>}
        <div className={classes.spring} />
        {actions && <div className={classes.actions}>{actions}</div>}
        {corner}
      </header>
      <main id="content" tabIndex={-1} className={body === 'fill' ? classes.fill : classes.scroll}>
        <div className={classes.inner} data-width={width} data-body={body}>
          {children}
        </div>
      </main>
    </>
  );
}
