/** The two-day calendar; a file of its own because the calendar library loads only when someone opens it. */
import '@mantine/dates/styles.layer.css';
import { DatePicker } from '@mantine/dates';
import { useState } from 'react';
import type { DayRange } from '~/lib/dates';

interface RangeCalendarProps {
  range: DayRange | null;
  today: string;
  onPick: (range: DayRange) => void;
}

export default function RangeCalendar({ range, today, onPick }: RangeCalendarProps) {
  const [value, setValue] = useState<[string | null, string | null]>([range?.from ?? null, range?.to ?? null]);
  return (
    <DatePicker
      type="range"
      allowSingleDateInRange
      size="sm"
      maxDate={today}
      defaultDate={range?.to ?? today}
      value={value}
      onChange={(next) => {
        setValue(next);
        const [from, to] = next;
        if (from && to) onPick({ from, to });
      }}
    />
  );
}
