/**
 * The keyboard model of a list: ↑ ↓ move, Home and End jump, Enter opens, x picks, Esc unpicks.
 * One row is in the tab order at a time; arrows work from the page itself as well.
 */
import { useRef, useState } from 'react';
import { useShortcut } from '~/lib/keyboard/use-shortcut';

interface RowKeys {
  count: number;
  scrollTo: (index: number) => void;
  focusRow: (index: number) => boolean;
  onOpen: (index: number) => void;
  onPick: ((index: number) => void) | undefined;
  /** Null while nothing is picked, so that Esc keeps its other meaning. */
  onUnpick: (() => void) | null;
  /** True when the key was pressed inside this list or nowhere in particular. */
  owns: (target: EventTarget | null) => boolean;
}

export function useRowKeys({ count, scrollTo, focusRow, onOpen, onPick, onUnpick, owns }: RowKeys) {
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, Math.max(0, count - 1));
  const started = useRef(false);

  const move = (to: number) => {
    if (count === 0) return;
    // The first arrow press lands on the active row; only then do arrows move on.
    const target = started.current ? Math.max(0, Math.min(count - 1, to)) : active;
    started.current = true;
    setChosen(target);
    scrollTo(target);
    // Virtual rows appear a frame after the scroll.
    const tryFocus = (left: number) => {
      if (!focusRow(target) && left > 0) requestAnimationFrame(() => tryFocus(left - 1));
    };
    tryFocus(10);
  };

  const when = (event: KeyboardEvent) => count > 0 && owns(event.target);
  const base = { group: 'Lists', when } as const;
  useShortcut({ ...base, id: 'list.down', keys: 'ArrowDown', label: 'Next row', run: () => move(active + 1) });
  useShortcut({ ...base, id: 'list.up', keys: 'ArrowUp', label: 'Previous row', run: () => move(active - 1) });
  useShortcut({ ...base, id: 'list.first', keys: 'Home', label: 'First row', run: () => move(0) });
  useShortcut({ ...base, id: 'list.last', keys: 'End', label: 'Last loaded row', run: () => move(count - 1) });
  const onRow = (event: KeyboardEvent) =>
    when(event) && event.target instanceof HTMLElement && event.target.matches('[data-row]');
  useShortcut({ ...base, when: onRow, id: 'list.open', keys: 'Enter', label: 'Open row', run: () => onOpen(active) });
  useShortcut(
    { ...base, id: 'list.pick', keys: 'x', label: 'Select row', run: () => onPick?.(active) },
    onPick !== undefined,
  );
  useShortcut(
    { ...base, id: 'list.unpick', keys: 'Escape', label: 'Clear selection', run: () => onUnpick?.() },
    onUnpick !== null,
  );

  const onFocusRow = (index: number) => {
    started.current = true;
    setChosen(index);
  };
  return { active, onFocusRow };
}
