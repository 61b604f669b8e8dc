/** What a table needs to know about a column. */
import type { ReactNode } from 'react';
import type { CsvValue } from '~/lib/csv';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  csv: (row: Row) => CsvValue;
  /** Heads the column in a CSV, where that must say more than on the page. */
  csvHeader?: string;
  /** The pixels it likes to have. */
  width: number;
  /** The pixels it can do with, where there is less room than all columns would like. Default: its width. */
  least?: number;
  /** Takes its share of spare width, in proportion to `width`. */
  grow?: boolean;
  align?: 'start' | 'end';
  /** The API's sort values for this column, first click first: ['-total', 'total']. */
  sort?: readonly [string, ...string[]];
  /** Shown without being asked for. Default true. */
  shown?: boolean;
  /** Goes into every CSV, shown or not: what the other columns cannot be read without. */
  exported?: 'always';
  /** Cannot be switched off: the column that names the row. */
  fixed?: boolean;
}

export interface SortState {
  value: string | undefined;
  fallback: string;
  onChange: (next: string | undefined) => void;
}
