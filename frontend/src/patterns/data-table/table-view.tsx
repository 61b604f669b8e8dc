/** The table itself: a real grid with a sticky head, drawing only the rows in sight. */
import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { VirtualItem } from '@tanstack/react-virtual';
import { nextSort } from '~/lib/url-state';
import type { Column, SortState } from './column';
import { columnWidths, leastWidth, PICK_WIDTH } from './column-widths';
import classes from './data-table.module.css';
import type { Selection } from './use-selection';

export interface RowsViewProps<Row> {
  label: string;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  rowName: (row: Row) => string;
  virtual: { items: VirtualItem[]; before: number; after: number };
  selection: Selection | null;
  active: number;
  onOpen: (row: Row) => void;
  onFocusRow: (index: number) => void;
}

interface TableViewProps<Row> extends RowsViewProps<Row> {
  columns: readonly Column<Row>[];
  sort: SortState | undefined;
  hasMore: boolean;
}

export function TableView<Row>(props: TableViewProps<Row>) {
  const { label, columns, rows, sort, virtual, selection, hasMore } = props;
  const widths = columnWidths(columns, selection !== null);
  const span = columns.length + (selection ? 1 : 0);
  return (
    <table
      className={classes.table}
      role="grid"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-multiselectable={selection ? true : undefined}
      style={{ minWidth: leastWidth(columns, selection !== null) }}
    >
      <colgroup>
        {selection && <col style={{ width: PICK_WIDTH }} />}
        {columns.map((column, index) => (
          <col key={column.id} style={{ width: widths[index] }} />
        ))}
      </colgroup>
      <thead className={classes.head}>
        <tr aria-rowindex={1}>
          {selection && (
            <th scope="col" className={classes.pick}>
              <Checkbox
                size="xs"
                aria-label="Select all loaded rows"
                checked={selection.all}
                indeterminate={selection.some}
                onChange={selection.toggleAll}
              />
            </th>
          )}
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {virtual.before > 0 && <Gap height={virtual.before} span={span} />}
        {virtual.items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : <BodyRow key={props.rowId(row)} {...props} row={row} index={item.index} />;
        })}
        {virtual.after > 0 && <Gap height={virtual.after} span={span} />}
      </tbody>
    </table>
  );
}

function Gap({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden="true" className={classes.gap}>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

function HeadCell<Row>({ column, sort }: { column: Column<Row>; sort: SortState | undefined }) {
  const current = sort ? (sort.value ?? sort.fallback) : undefined;
  const sorted = current !== undefined && column.sort?.includes(current) === true;
  const down = sorted && current.startsWith('-');
  if (!sort || !column.sort) {
    return (
      <th scope="col" data-align={column.align}>
        {column.header}
      </th>
    );
  }
  const next = nextSort(sort.value, column.sort, sort.fallback);
  const Arrow = down ? IconArrowDown : IconArrowUp;
  const content = (
    <>
      {column.header}
      <Arrow size={13} aria-hidden="true" className={classes.arrow} data-on={sorted || undefined} />
    </>
  );
  return (
    <th scope="col" data-align={column.align} aria-sort={sorted ? (down ? 'descending' : 'ascending') : 'none'}>
      {/* The page's own order, in the only direction there is, is what pressing it would give: nothing to press. */}
      {(next ?? sort.fallback) === current ? (
        <span className={classes.sorted}>{content}</span>
      ) : (
        <button type="button" className={classes.sort} onClick={() => sort.onChange(next)}>
          {content}
        </button>
      )}
    </th>
  );
}

function BodyRow<Row>(props: TableViewProps<Row> & { row: Row; index: number }) {
  const { row, index, columns, rowId, rowName, selection, active, onOpen, onFocusRow } = props;
  const id = rowId(row);
  const picked = selection?.has(id) ?? false;
  return (
    <tr
      className={classes.row}
      data-row={index}
      tabIndex={index === active ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={selection ? picked : undefined}
      data-picked={picked || undefined}
      onFocus={() => onFocusRow(index)}
      onClick={(event) => {
        if (!isOnControl(event.target, event.currentTarget)) onOpen(row);
      }}
    >
      {selection && (
        <td className={classes.pick}>
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label={`Select ${rowName(row)}`}
            checked={picked}
            onChange={() => selection.toggle(id)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} data-align={column.align}>
          <div className={classes.cell}>{column.cell(row)}</div>
        </td>
      ))}
    </tr>
  );
}

/** A click on a link, a box or selected text is not a click on the row. */
export function isOnControl(target: EventTarget, row: HTMLElement): boolean {
  if (window.getSelection()?.toString()) return true;
  const control = target instanceof Element ? target.closest('a, button, input, label') : null;
  return control !== null && row.contains(control);
}
