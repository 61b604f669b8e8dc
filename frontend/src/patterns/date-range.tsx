/** Choosing the days a page shows, and what to compare them with. The choice lives in the page's URL. */
import { Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendar, IconX } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { rangeLabel, type Compare, type Preset, type RangeChoice } from '~/lib/date-range';
import { formatRange, type DayRange } from '~/lib/dates';
import classes from './date-range.module.css';
import { Bone } from './skeletons';

const RangePanel = lazy(() => import('./range-panel'));

interface DateRangeProps {
  choice: RangeChoice;
  /** The days the choice stands for today; null when none are chosen. */
  range: DayRange | null;
  /** Null where each store counts days in its own. */
  timeZone: string | null;
  today: string;
  fallback?: Preset;
  compare?: Compare;
  onChange: (choice: RangeChoice) => void;
  onCompare?: (compare: Compare) => void;
  /** Given where "any dates" is allowed: takes the choice away. */
  onClear?: () => void;
  label?: string;
}

export function DateRange(props: DateRangeProps) {
  const { choice, range, timeZone, today, fallback, compare, onChange, onCompare, onClear, label = 'Dates' } = props;
  const [opened, { toggle, close }] = useDisclosure(false);
  const name = rangeLabel(choice, fallback);
  const chosen = range && name !== null ? (choice.range ?? fallback) : undefined;
  const pick = (next: RangeChoice) => {
    onChange(next);
    close();
  };
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} position="bottom-start" trapFocus returnFocus>
      <span className={classes.pill} data-on={onClear && range ? true : undefined}>
        <Popover.Target>
          <button type="button" className={classes.main} onClick={toggle} aria-haspopup="dialog" aria-expanded={opened}>
            <IconCalendar size={16} stroke={1.75} aria-hidden="true" />
            {range ? (
              <span>
                {name && <span className={classes.name}>{name}</span>}
                <bdi className={name ? classes.days : undefined}>{formatRange(range)}</bdi>
              </span>
            ) : (
              label
            )}
          </button>
        </Popover.Target>
        {onClear && range && (
          <button type="button" className={classes.clear} aria-label={`Clear filter ${label}`} onClick={onClear}>
            <IconX size={13} aria-hidden="true" />
          </button>
        )}
      </span>
      <Popover.Dropdown className={classes.dropdown} aria-label="Choose dates">
        <Suspense fallback={<Bone width={480} height={340} soft />}>
          <RangePanel {...{ chosen, range, today, timeZone, compare, onCompare }} onPick={pick} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
