/** Whether what is on the page is the latest there is. */
import { Tooltip } from '@mantine/core';
import { IconBolt, IconHourglass, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLiveStatus } from '~/api/live';
import type { LiveStatus } from '~/api/live-voice';
import { useStores } from '~/api/stores';
import type { Store } from '~/api/types';
import { minutesBehind } from '~/features/connections/model';
import { plural } from '~/lib/format';
import classes from './frame.module.css';

interface LiveWords {
  tone: 'neutral' | 'good' | 'warn' | 'bad';
  label: string;
  meaning: string;
}

/** The connection's state and the stores' own lag, as one thing to read. */
export function liveWords(status: LiveStatus, stores: readonly Store[], now: Date): LiveWords {
  if (status === 'offline') {
    return {
      tone: 'bad',
      label: 'Offline',
      meaning:
        'No connection to Storekeep. What you see may be old; it refreshes by itself when the connection is back.',
    };
  }
  if (status === 'off' || status === 'connecting') {
    return { tone: 'neutral', label: 'Connecting', meaning: 'The connection for changes is being made.' };
  }
  if (status === 'retrying') {
    return {
      tone: 'warn',
      label: 'Reconnecting',
      meaning: 'The connection was lost a moment ago and is being made again.',
    };
  }
  const importing = stores.filter((store) => store.status === 'CONNECTED' && store.lastSyncAt === null);
  if (importing.length > 0) {
    const names = importing.map((store) => store.name).join(', ');
    return {
      tone: 'warn',
      label: 'Importing',
      meaning: `${names}: the first import is under way, so figures still grow.`,
    };
  }
  const late = stores
    .map((store) => ({ store, minutes: minutesBehind(store, now) }))
    .sort((a, b) => b.minutes - a.minutes)[0];
  if (late && late.minutes > 0) {
    return {
      tone: 'warn',
      label: `Catching up ${late.minutes} min`,
      meaning: `${late.store.name} was last read ${plural(late.minutes, 'minute')} ago and its next sync is overdue.`,
    };
  }
  return { tone: 'good', label: 'Live', meaning: 'Changes appear here as they arrive.' };
}

const ICONS = { neutral: IconHourglass, good: IconBolt, warn: IconHourglass, bad: IconPlugConnectedX } as const;

/** A dot and a word; on narrow screens an icon of its own for each state. */
export function LiveIndicator() {
  const status = useLiveStatus();
  const { stores } = useStores();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const words = liveWords(status, stores, now);
  const Icon = ICONS[words.tone];
  return (
    <Tooltip
      label={words.meaning}
      multiline
      maw={280}
      position="bottom-end"
      events={{ hover: true, focus: true, touch: true }}
    >
      <span className={classes.live} data-tone={words.tone} role="status" tabIndex={0}>
        <span className={classes.dot} aria-hidden="true" />
        <Icon className={classes.liveIcon} size={18} stroke={1.75} aria-hidden="true" />
        <span className={classes.liveLabel}>{words.label}</span>
      </span>
    </Tooltip>
  );
}
