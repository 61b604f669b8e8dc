/** How columns share a width: each between what its content needs and what it likes to have. Pure. */
import { formatInstant, type TimeDetail } from '~/lib/dates';
import type { Column } from './column';

/** The column of boxes. */
export const PICK_WIDTH = 44;

type Widths = Pick<Column<unknown>, 'width' | 'least' | 'grow'>;

const leastOf = ({ width, least = width }: Widths) => least;
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
const taken = (picks: boolean) => (picks ? PICK_WIDTH : 0);

/** What the columns need together. */
export function leastWidth(columns: readonly Widths[], picks: boolean): number {
  return sum(columns.map(leastOf)) + taken(picks);
}

/**
 * Each column's width in CSS. Where there is less room than all would like, each gives up the same share of what it can spare;
 * what is left over goes to those that grow. In units of the list (`cqw`): percentages mean nothing on a column to browsers.
 */
export function columnWidths(columns: readonly Widths[], picks: boolean): string[] {
  const least = leastWidth(columns, picks);
  const liked = sum(columns.map(({ width }) => width)) + taken(picks);
  const growing = sum(columns.filter(({ grow }) => grow).map(({ width }) => width));
  return columns.map((column) => {
    const [from, to] = [leastOf(column), column.width];
    const share = liked > least ? (to - from) / (liked - least) : 0;
    const fitted = `clamp(${from}px, ${from}px + (100cqw - ${least}px) * ${share.toFixed(4)}, ${to}px)`;
    if (!column.grow) return fitted;
    return `calc(${fitted} + max(0px, (100cqw - ${liked}px) * ${(to / growing).toFixed(4)}))`;
  });
}

const LETTER = 7.1;
const PADDING = 20;

/** What a column of times needs in the reader's way of writing them. */
export function timeWidth(detail: TimeDetail): number {
  return Math.ceil(formatInstant('2026-09-28T22:58:58Z', 'UTC', detail).length * LETTER) + PADDING;
}
