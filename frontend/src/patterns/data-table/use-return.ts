/** Coming back to a list gives the focus to the row one left it from. */
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** The row last met in each visit to a list; a visit is an entry of the browser's history. */
const met = new Map<string, string>();

/** The frames it takes at most until the list has scrolled back to where it was. */
const PATIENCE = 30;

interface Return {
  list: string;
  ids: readonly string[];
  focusRow: (index: number) => boolean;
}

export function useReturn({ list, ids, focusRow }: Return): (id: string) => void {
  const router = useRouter({ warn: false });
  const visit = () => `${list} ${router?.state.location.state.__TSR_key ?? ''}`;
  const came = useRef(false);
  const there = ids.length > 0;
  useEffect(() => {
    if (!there || came.current) return undefined;
    came.current = true;
    const index = ids.indexOf(met.get(visit()) ?? '');
    if (index < 0) return undefined;
    let frame = 0;
    const look = (left: number) => {
      // Only from where a page's opening puts the focus: nobody's own choice is taken away.
      if (!document.activeElement?.matches('body, h1') || focusRow(index) || left === 0) return;
      frame = requestAnimationFrame(() => look(left - 1));
    };
    look(PATIENCE);
    return () => cancelAnimationFrame(frame);
    // oxlint-disable-next-line react/exhaustive-deps -- once, as soon as there are rows
  }, [there]);
  return (id) => void met.set(visit(), id);
}
