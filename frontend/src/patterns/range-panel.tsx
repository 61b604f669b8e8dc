/** What opens under a date pill: named ranges, a calendar, what to compare with. Loaded when someone first opens one. */
import '@mantine/dates/styles.layer.css';
import { SegmentedControl } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { COMPARISONS, PRESETS, type Compare, type Preset, type RangeChoice } from '~/lib/date-range';
import type { DayRange } from '~/lib/dates';
import classes from './date-range.module.css';

interface RangePanelProps {
  chosen: Preset | undefined;
  range: DayRange | null;
  today: string;
  timeZone: string | null;
  compare: Compare | undefined;
  onPick: (choice: RangeChoice) => void;
  onCompare: ((compare: Compare) => void) | undefined;
}

const CALENDAR_WORDS = {
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  previousYear: 'Previous year',
  nextYear: 'Next year',
  previousDecade: 'Previous decade',
  nextDecade: 'Next decade',
};

export default function RangePanel(props: RangePanelProps) {
  const { chosen, range, today, timeZone, compare, onPick, onCompare } = props;
  const [days, setDays] = useState<[string | null, string | null]>([range?.from ?? null, range?.to ?? null]);
  return (
    <>
      <div className={classes.columns}>
        <ul className={classes.presets} aria-label="Named ranges">
          {Object.entries(PRESETS).map(([preset, text]) => (
            <li key={preset}>
              <button
                type="button"
                className={classes.preset}
                aria-pressed={chosen === preset}
                onClick={() => onPick({ range: preset as Preset })}
              >
                {text}
                {chosen === preset && <IconCheck size={14} aria-hidden="true" />}
              </button>
            </li>
          ))}
        </ul>
        <div className={classes.calendar}>
          <DatePicker
            type="range"
            allowSingleDateInRange
            size="sm"
            ariaLabels={CALENDAR_WORDS}
            maxDate={today}
            defaultDate={range?.to ?? today}
            value={days}
            onChange={(next) => {
              setDays(next);
              const [from, to] = next;
              if (from && to) onPick({ from, to });
            }}
          />
        </div>
      </div>
      <footer className={classes.foot}>
        {compare && onCompare && (
          <div className={classes.compare}>
            <span aria-hidden="true">Compare with</span>
            <SegmentedControl
              size="xs"
              aria-label="Compare with"
              value={compare}
              onChange={(value) => onCompare(value as Compare)}
              data={Object.entries(COMPARISONS).map(([value, text]) => ({ value, label: text }))}
            />
          </div>
        )}
        <span className={classes.zone}>Days in {timeZone ?? 'each store’s time zone'}</span>
      </footer>
    </>
  );
}
