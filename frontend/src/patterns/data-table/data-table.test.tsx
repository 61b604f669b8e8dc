import { useInfiniteQuery } from '@tanstack/react-query';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '~/api/problem';
import type { Page } from '~/api/types';
import * as download from '~/lib/download';
import { renderPart, user } from '~/test/render';
import type { Column, SortState } from './column';
import { DataTable } from './data-table';

interface Row {
  id: string;
  name: string;
  total: string;
}

const TOTAL = 250;
const rows = (from: number, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r${from + index}`,
    name: `Row ${from + index}`,
    total: `${from + index}.50`,
  }));

const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 200,
    fixed: true,
    sort: ['name'],
    csv: (row) => row.name,
    cell: (row) => row.name,
  },
  {
    id: 'total',
    header: 'Total',
    width: 100,
    sort: ['-total', 'total'],
    csv: (row) => row.total,
    cell: (row) => row.total,
  },
  { id: 'extra', header: 'Extra', width: 100, shown: false, csv: () => 'x', cell: () => 'x' },
];

interface ListProps {
  load?: (cursor: number) => Promise<Page<Row>>;
  onOpen?: (row: Row) => void;
  sort?: SortState;
}

const pages = (cursor: number): Promise<Page<Row>> =>
  Promise.resolve({
    items: rows(cursor, 100).slice(0, TOTAL - cursor),
    nextCursor: cursor + 100 < TOTAL ? String(cursor + 100) : null,
  });

function List({ load = pages, onOpen = () => undefined, sort }: ListProps) {
  const query = useInfiniteQuery({
    queryKey: ['t', 'rows'],
    queryFn: ({ pageParam }) => load(Number(pageParam ?? 0)),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    retry: false,
  });
  return (
    <DataTable
      name="rows"
      label="Rows"
      one="row"
      query={query}
      columns={COLUMNS}
      card={(row) => row.name}
      rowId={(row) => row.id}
      rowName={(row) => row.name}
      onOpen={onOpen}
      empty={<p>nothing here</p>}
      bulk={(picked) => <span>{picked.length} picked</span>}
      {...(sort ? { sort } : {})}
    />
  );
}

const key = (name: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key: name });

describe('DataTable', () => {
  it('draws what is in sight only, and says how much there is', async () => {
    renderPart(<List />);
    const grid = await screen.findByRole('grid', { name: 'Rows' });
    expect(within(grid).getByText('Row 0')).toBeVisible();
    expect(within(grid).getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getByText(/100\+ rows/)).toBeVisible();
    expect(grid).toHaveAttribute('aria-rowcount', '-1');
  });

  it('walks, picks and opens by keyboard', async () => {
    const onOpen = vi.fn();
    renderPart(<List onOpen={onOpen} />);
    await screen.findByText('Row 0');
    key('ArrowDown');
    expect(document.activeElement).toHaveTextContent('Row 0');
    key('ArrowDown');
    expect(document.activeElement).toHaveTextContent('Row 1');
    key('x');
    expect(await screen.findByText('1 picked')).toBeVisible();
    key('Enter');
    expect(onOpen).toHaveBeenCalledWith(expect.objectContaining({ id: 'r1' }));
    key('Escape');
    await waitFor(() => expect(screen.queryByText('1 picked')).toBeNull());
  });

  it('opens a row by click, but not when a box in it is clicked', async () => {
    const onOpen = vi.fn();
    renderPart(<List onOpen={onOpen} />);
    await user.click(await screen.findByRole('checkbox', { name: 'Select Row 3' }));
    expect(onOpen).not.toHaveBeenCalled();
    await user.click(screen.getByText('4.50'));
    expect(onOpen).toHaveBeenCalledWith(expect.objectContaining({ id: 'r4' }));
  });

  it('sorts through its caller, and says which way', async () => {
    const onChange = vi.fn();
    renderPart(<List sort={{ value: '-total', fallback: 'name', onChange }} />);
    const header = await screen.findByRole('columnheader', { name: 'Total' });
    expect(header).toHaveAttribute('aria-sort', 'descending');
    await user.click(within(header).getByRole('button'));
    expect(onChange).toHaveBeenCalledWith('total');
  });

  it('exports the picked rows with the columns one sees', async () => {
    const save = vi.spyOn(download, 'downloadCsv').mockImplementation(() => undefined);
    renderPart(<List />);
    await user.click(await screen.findByRole('checkbox', { name: 'Select Row 2' }));
    await user.click(
      within(screen.getByRole('region', { name: 'Selected rows' })).getByRole('button', { name: 'CSV' }),
    );
    expect(save).toHaveBeenCalledWith('storekeep-rows.csv', 'Name,Total\r\nRow 2,2.50\r\n');
    save.mockRestore();
  });

  it('remembers which columns one chose', async () => {
    const view = renderPart(<List />);
    await user.click(await screen.findByRole('button', { name: 'Choose columns' }));
    await user.click(await screen.findByRole('menuitemcheckbox', { name: 'Extra' }));
    expect(screen.getByRole('columnheader', { name: 'Extra' })).toBeVisible();
    view.unmount();
    renderPart(<List />);
    expect(await screen.findByRole('columnheader', { name: 'Extra' })).toBeVisible();
  });

  it('shows what is meant by nothing', async () => {
    renderPart(<List load={() => Promise.resolve({ items: [], nextCursor: null })} />);
    expect(await screen.findByText('nothing here')).toBeVisible();
  });

  it('keeps its rows when the next page fails, and offers to try again', async () => {
    const problem = new ApiProblem({ kind: 'client', status: 429, code: 'RATE_LIMITED', message: 'Slow down.' });
    const load = vi
      .fn()
      .mockResolvedValueOnce({ items: rows(0, 10), nextCursor: '100' })
      .mockRejectedValueOnce(problem)
      .mockResolvedValue({ items: rows(100, 5), nextCursor: null });
    renderPart(<List load={load} />);
    expect(await screen.findByText(/More rows could not be loaded/)).toBeVisible();
    expect(screen.getByText('Row 0')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('15 rows')).toBeVisible();
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('stands a hundred thousand rows', async () => {
    renderPart(<List load={() => Promise.resolve({ items: rows(0, 100_000), nextCursor: null })} />);
    const grid = await screen.findByRole('grid');
    expect(grid).toHaveAttribute('aria-rowcount', '100001');
    expect(within(grid).getAllByRole('row').length).toBeLessThan(60);
  });
});
