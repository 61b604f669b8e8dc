/** A state in a word, with an icon and a tone: colour never speaks alone. */
import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader2,
} from '@tabler/icons-react';
import classes from './state-badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'neutral' | 'open' | 'busy';

const ICONS = {
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  neutral: IconCircle,
  open: IconCircleDashed,
  busy: IconLoader2,
} as const;

export function StateBadge({ tone, label, title }: { tone: Tone; label: string; title?: string }) {
  const Icon = ICONS[tone];
  return (
    <span className={classes.badge} data-tone={tone} title={title}>
      <Icon size={13} stroke={2} aria-hidden="true" className={classes.icon} />
      <span className="sk-truncate">{label}</span>
    </span>
  );
}
