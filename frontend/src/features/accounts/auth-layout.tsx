/** The frame of the pages before signing in. */
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { BrandMark } from '~/ui/brand-mark';
import classes from './auth-layout.module.css';

interface AuthLayoutProps {
  title: string;
  children: ReactNode;
  foot: ReactNode;
}

export function AuthLayout({ title, children, foot }: AuthLayoutProps) {
  useEffect(() => {
    document.title = `${title} · Storekeep`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.brand}>
        <BrandMark size={40} />
        <div>
          <p className={classes.name}>Storekeep</p>
          <p className={classes.line}>Copies your Shopify store and keeps its numbers exact.</p>
        </div>
      </div>
      <section className={classes.card}>
        <h1 className={classes.title}>{title}</h1>
        {children}
      </section>
      <p className={classes.foot}>{foot}</p>
    </main>
  );
}
