/** Which columns a table shows; remembered per table in this browser. */
import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Column } from './column';

type Choices = Record<string, boolean>;

export function useColumns<Row>(table: string, columns: readonly Column<Row>[]) {
  const [choices, setChoices] = useLocalStorage<Choices>({
    key: `storekeep.columns.${table}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const visible = useMemo(() => columns.filter((column) => isShownBy(choices, column)), [columns, choices]);
  const isShown = (column: Column<Row>) => isShownBy(choices, column);
  const toggle = (column: Column<Row>) => setChoices({ ...choices, [column.id]: !isShown(column) });
  const usual = columns.every((column) => isShown(column) === isShownBy({}, column));
  return { visible, isShown, toggle, reset: usual ? null : () => setChoices({}) };
}

function isShownBy<Row>(choices: Choices, column: Column<Row>): boolean {
  return column.fixed === true || (choices[column.id] ?? column.shown ?? true);
}

/** Whether a column is shown without being asked for. */
export const isUsual = <Row>(column: Column<Row>): boolean => isShownBy({}, column);
