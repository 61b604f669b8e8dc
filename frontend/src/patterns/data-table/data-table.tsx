/**
 * Every list of the product: keyset pages loaded as one scrolls, a sticky head, column choice, sorting kept by the caller
 * in the URL, row keys, picking with a bulk bar, CSV, and cards on narrow screens. Draws only what is in sight.
 */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { ApiProblem } from '~/api/problem';
import type { Page } from '~/api/types';
import { announce } from '~/lib/announce';
import { toCsv } from '~/lib/csv';
import { downloadCsv } from '~/lib/download';
import { formatCount, plural } from '~/lib/format';
import { IconButton } from '~/ui/icon-button';
import { ProblemView } from '../problem-view';
import { StaleNotice } from '../query-view';
import { RowsSkeleton } from '../skeletons';
import { BulkBar } from './bulk-bar';
import { CardView } from './card-view';
import type { Column, SortState } from './column';
import { leastWidth } from './column-widths';
import { ColumnMenu } from './column-menu';
import classes from './data-table.module.css';
import { TableView } from './table-view';
import { useCards } from './use-cards';
import { isUsual, useColumns } from './use-columns';
import { useReturn } from './use-return';
import { useRowKeys } from './use-row-keys';
import { useSelection } from './use-selection';

export interface DataTableProps<Row> {
  /** Remembers column choices and names exported files. */
  name: string;
  label: string;
  /** What a row is, for counting: "order". */
  one: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>, ApiProblem>;
  columns: readonly Column<Row>[];
  card: (row: Row) => ReactNode;
  rowId: (row: Row) => string;
  rowName: (row: Row) => string;
  onOpen: (row: Row) => void;
  sort?: SortState;
  toolbar?: ReactNode;
  /** Shown instead of the table when there is nothing at all, or nothing that matches. */
  empty: ReactNode;
  /** How many rows are coming, where that is known: the placeholder is as tall as they will be. */
  expected?: number;
  /** Makes rows pickable; what the bulk bar says or offers about them. */
  bulk?: (rows: readonly Row[]) => ReactNode;
}

const ROW_HEIGHT = 40;
const CARD_HEIGHT = 84;
const LOAD_AHEAD = 30;
const SKELETON_ROWS = 14;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, label, one, query, columns, rowId, onOpen, sort, bulk } = props;
  const wrap = useRef<HTMLDivElement>(null);
  const usual = columns.filter(isUsual);
  const narrow = useCards(wrap, leastWidth(usual, bulk !== undefined));
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const ids = useMemo(() => rows.map(rowId), [rows, rowId]);
  const { visible, isShown, toggle, reset } = useColumns(name, columns);
  const selection = useSelection(ids);

  // A new function would make the virtualiser measure every row again.
  const itemKey = useCallback((index: number) => ids[index] ?? index, [ids]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? CARD_HEIGHT : ROW_HEIGHT),
    overscan: 10,
    getItemKey: itemKey,
  });
  // A card's height says nothing about a row's.
  useEffect(() => virtualizer.measure(), [virtualizer, narrow]);
  const items = virtualizer.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    const near = rows.length > 0 && lastSeen >= rows.length - LOAD_AHEAD;
    if (near && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [rows.length, lastSeen, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  const remember = useReturn({ list: name, ids, focusRow: (index) => focusRow(scroller.current, index) });
  const { active, onFocusRow } = useRowKeys({
    count: rows.length,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
    focusRow: (index) => focusRow(scroller.current, index),
    onOpen: (index) => rows[index] !== undefined && onOpen(rows[index]),
    onPick: bulk ? (index) => ids[index] !== undefined && selection.toggle(ids[index]) : undefined,
    onUnpick: selection.size > 0 ? selection.clear : null,
    // The heading has the focus where a page was opened and nothing else had it.
    owns: (target) =>
      target instanceof Element && (target.matches('body, h1') || Boolean(scroller.current?.contains(target))),
  });

  const exportRows = (chosen: readonly Row[]) => {
    const exported = columns.filter((column) => column.exported === 'always' || isShown(column));
    const csv = toCsv(
      exported.map((column) => column.csvHeader ?? column.header),
      chosen.map((row) => exported.map((column) => column.csv(row))),
    );
    downloadCsv(`storekeep-${name}.csv`, csv);
    announce(`Exported ${plural(chosen.length, 'row')}`);
  };
  const picked = selection.size ? rows.filter((row) => selection.has(rowId(row))) : [];

  const view = {
    label,
    rows,
    rowId,
    rowName: props.rowName,
    selection: bulk ? selection : null,
    active,
    onOpen,
    onFocusRow: (index: number) => {
      onFocusRow(index);
      if (ids[index] !== undefined) remember(ids[index]);
    },
    virtual: {
      items,
      before: items[0]?.start ?? 0,
      after: Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)),
    },
  };

  return (
    <div className={classes.wrap} ref={wrap}>
      <div className={classes.toolbar}>
        <div className={classes.filters}>{props.toolbar}</div>
        <span className={classes.count} role="status">
          {rows.length > 0 && (hasNextPage ? `${formatCount(rows.length)}+ ${one}s` : plural(rows.length, one))}
        </span>
        {rows.length > 0 && (
          <IconButton
            label={
              rows.length === 1 ? 'Export the row as CSV' : `Export the ${formatCount(rows.length)} loaded rows as CSV`
            }
            icon={<IconDownload size={18} stroke={1.75} />}
            onClick={() => exportRows(rows)}
          />
        )}
        {!narrow && <ColumnMenu columns={columns} isShown={isShown} onToggle={toggle} onReset={reset} />}
      </div>
      <div className={classes.scroller} ref={scroller} data-testid={`${name}-scroller`} aria-busy={query.isFetching}>
        {query.isError && query.data !== undefined && !isFetchNextPageError && (
          <StaleNotice problem={query.error} since={query.dataUpdatedAt} onRetry={() => void query.refetch()} />
        )}
        {query.isPending && <RowsSkeleton rows={Math.min(SKELETON_ROWS, props.expected ?? SKELETON_ROWS)} />}
        {query.isError && query.data === undefined && (
          <ProblemView problem={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.isSuccess && rows.length === 0 && props.empty}
        {rows.length > 0 && narrow && <CardView {...view} card={props.card} measure={virtualizer.measureElement} />}
        {rows.length > 0 && !narrow && <TableView {...view} columns={visible} sort={sort} hasMore={hasNextPage} />}
        {isFetchingNextPage && <RowsSkeleton rows={3} />}
        {isFetchNextPageError && (
          <div className={classes.more} role="alert">
            More rows could not be loaded.
            <Button size="compact-xs" variant="default" onClick={() => void fetchNextPage()}>
              Try again
            </Button>
          </div>
        )}
      </div>
      {bulk && picked.length > 0 && (
        <BulkBar count={picked.length} onExport={() => exportRows(picked)} onClear={selection.clear}>
          {bulk(picked)}
        </BulkBar>
      )}
    </div>
  );
}

function focusRow(scroller: HTMLElement | null, index: number): boolean {
  const row = scroller?.querySelector<HTMLElement>(`[data-row="${index}"]`);
  row?.focus({ preventScroll: true });
  return row !== null && row !== undefined;
}
