/** Whether a list is shown as cards: on a phone, and wherever its usual columns would not fit without being cut. */
import { useMediaQuery } from '@mantine/hooks';
import { useLayoutEffect, useState, type RefObject } from 'react';

export function useCards(place: RefObject<HTMLElement | null>, need: number): boolean {
  const phone = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const [tight, setTight] = useState(false);
  // Before the first paint, so that no table is seen to become cards.
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const look = () => setTight(element.clientWidth > 0 && element.clientWidth < need);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [place, need]);
  return phone || tight;
}
