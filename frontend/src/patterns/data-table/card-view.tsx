/** The same rows as cards, for narrow screens. */
import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';
import { isOnControl, type RowsViewProps } from './table-view';

interface CardViewProps<Row> extends RowsViewProps<Row> {
  card: (row: Row) => ReactNode;
  measure: (element: HTMLElement | null) => void;
}

export function CardView<Row>(props: CardViewProps<Row>) {
  const { label, rows, rowId, rowName, virtual, selection, active, onOpen, onFocusRow, card, measure } = props;
  return (
    <ul
      className={classes.cards}
      aria-label={label}
      style={{ paddingTop: virtual.before, paddingBottom: virtual.after }}
    >
      {virtual.items.map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        const id = rowId(row);
        return (
          <li
            key={id}
            ref={measure}
            className={classes.card}
            data-row={item.index}
            data-index={item.index}
            data-picked={selection?.has(id) || undefined}
            tabIndex={item.index === active ? 0 : -1}
            onFocus={() => onFocusRow(item.index)}
            onClick={(event) => {
              if (!isOnControl(event.target, event.currentTarget)) onOpen(row);
            }}
          >
            {selection && (
              // Around the box, so that a finger that misses it does not open the row.
              <label className={classes.cardPick}>
                <Checkbox
                  size="sm"
                  tabIndex={-1}
                  aria-label={`Select ${rowName(row)}`}
                  checked={selection.has(id)}
                  onChange={() => selection.toggle(id)}
                />
              </label>
            )}
            <div className={classes.cardBody}>{card(row)}</div>
          </li>
        );
      })}
    </ul>
  );
}
