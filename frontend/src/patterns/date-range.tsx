/** Choosing the days a page shows, and what to compare them with. The choice lives in the page's URL. */
import { Popover, SegmentedControl } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendar, IconCheck, IconX } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { COMPARISONS, PRESETS, rangeLabel, type Compare, type Preset, type RangeChoice } from '~/lib/date-range';
import { formatRange, type DayRange } from '~/lib/dates';
import classes from './date-range.module.css';
import { Bone } from './skeletons';

const RangeCalendar = lazy(() => import('./range-calendar'));

interface DateRangeProps {
  choice: RangeChoice;
  /** The days the choice stands for today. */
  range: DayRange | null;
  timeZone: string;
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
  const set = range !== null;
  const name = rangeLabel(choice, fallback);
  const pick = (preset: Preset) => {
    onChange({ range: preset });
    close();
  };
  const chosen: Preset | undefined = set && name !== null ? (choice.range ?? fallback) : undefined;
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} position="bottom-start" trapFocus returnFocus>
      <span className={classes.pill} data-on={onClear && set ? true : undefined}>
        <Popover.Target>
          <button type="button" className={classes.main} onClick={toggle} aria-haspopup="dialog" aria-expanded={opened}>
            <IconCalendar size={16} stroke={1.75} aria-hidden="true" />
            {set ? (
              <span>
                {name && <span className={classes.name}>{name}</span>}
                <span className={name ? classes.days : undefined}>{formatRange(range)}</span>
              </span>
            ) : (
              label
            )}
          </button>
        </Popover.Target>
        {onClear && set && (
          <button type="button" className={classes.clear} aria-label={`Clear filter ${label}`} onClick={onClear}>
            <IconX size={13} aria-hidden="true" />
          </button>
        )}
      </span>
      <Popover.Dropdown className={classes.dropdown} aria-label="Choose dates">
        <div className={classes.columns}>
          <ul className={classes.presets} aria-label="Named ranges">
            {Object.entries(PRESETS).map(([preset, text]) => (
              <li key={preset}>
                <button
                  type="button"
                  className={classes.preset}
                  aria-pressed={chosen === preset}
                  onClick={() => pick(preset as Preset)}
                >
                  {text}
                  {chosen === preset && <IconCheck size={14} aria-hidden="true" />}
                </button>
              </li>
            ))}
          </ul>
          <div className={classes.calendar}>
            <Suspense fallback={<Bone width={272} height={280} />}>
              <RangeCalendar
                range={range}
                today={today}
                onPick={(days) => {
                  onChange(days);
                  close();
                }}
              />
            </Suspense>
          </div>
        </div>
        <footer className={classes.foot}>
          {compare && onCompare && (
            <label className={classes.compare}>
              <span>Compare with</span>
              <SegmentedControl
                size="xs"
                aria-label="Compare with"
                value={compare}
                onChange={(value) => onCompare(value as Compare)}
                data={Object.entries(COMPARISONS).map(([value, text]) => ({ value, label: text }))}
              />
            </label>
          )}
          <span className={classes.zone}>Days in {timeZone}</span>
        </footer>
      </Popover.Dropdown>
    </Popover>
  );
}
