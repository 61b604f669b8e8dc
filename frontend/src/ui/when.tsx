/** An instant, in the store's time zone, with the full moment and its zone on hover; each in its own direction of writing. */
import { useEffect, useState } from 'react';
import { setApart } from '~/lib/bidi';
import { formatInstant, formatRelative, type TimeDetail } from '~/lib/dates';

interface WhenProps {
  at: string;
  timeZone?: string;
  detail?: TimeDetail;
}

export function When({ at, timeZone, detail = 'minute' }: WhenProps) {
  const full = `${setApart(formatInstant(at, timeZone, 'second'))} (${timeZone ?? 'your time zone'})`;
  return (
    <time dateTime={at} title={full}>
      <bdi>{formatInstant(at, timeZone, detail)}</bdi>
    </time>
  );
}

/** "5 minutes ago", kept true while it is on the page. */
export function Ago({ at, timeZone }: { at: string; timeZone?: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={formatInstant(at, timeZone, 'second')}>
      <bdi>{formatRelative(at, now)}</bdi>
    </time>
  );
}
