/** How columns share a width: each between what its content needs and what it likes to have. Pure. */
import { formatInstant, type TimeDetail } from '~/lib/dates';
import type { Column } from './column';

/** The column of boxes. */
export const PICK_WIDTH = 44;

type Widths = Pick<Column<unknown>, 'width' | 'least' | 'grow'>;

/** The list's edge is further from what stands beside it than two columns are apart. */
const EDGE = 14;

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
const taken = (picks: boolean) => (picks ? PICK_WIDTH : 0);

/** What each needs and likes with its edge, where it stands at one. */
function spans(columns: readonly Widths[], picks: boolean) {
  return columns.map(({ width, least = width, grow = false }, index) => {
    const edges = (index === 0 && !picks ? EDGE : 0) + (index === columns.length - 1 ? EDGE : 0);
    return { least: least + edges, liked: width + edges, grow };
  });
}

/** What the columns need together. */
export function leastWidth(columns: readonly Widths[], picks: boolean): number {
  return sum(spans(columns, picks).map(({ least }) => least)) + taken(picks);
}

/**
 * Each column's width in CSS. Where there is less room than all would like, each gives up the same share of what it can spare;
 * what is left over goes to those that grow. In units of the list (`cqw`): percentages mean nothing on a column to browsers.
 */
export function columnWidths(columns: readonly Widths[], picks: boolean): string[] {
  const all = spans(columns, picks);
  const least = leastWidth(columns, picks);
  const liked = sum(all.map((one) => one.liked)) + taken(picks);
  const growing = sum(all.filter(({ grow }) => grow).map((one) => one.liked));
  return all.map(({ least: from, liked: to, grow }) => {
    const share = liked > least ? (to - from) / (liked - least) : 0;
    const fitted = `clamp(${from}px, ${from}px + (100cqw - ${least}px) * ${share.toFixed(4)}, ${to}px)`;
    if (!grow) return fitted;
    return `calc(${fitted} + max(0px, (100cqw - ${liked}px) * ${(to / growing).toFixed(4)}))`;
  });
}

const LETTER = 7.1;
const PADDING = 20;

/** What a column of times needs in the reader's way of writing them. */
export function timeWidth(detail: TimeDetail): number {
  return Math.ceil(formatInstant('2026-09-28T22:58:58Z', 'UTC', detail).length * LETTER) + PADDING;
}
