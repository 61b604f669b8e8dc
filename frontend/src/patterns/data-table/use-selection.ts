/** The rows a person has picked; forgets rows that are no longer loaded. */
import { useMemo, useState } from 'react';

export interface Selection {
  ids: ReadonlySet<string>;
  size: number;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  toggleAll: () => void;
  clear: () => void;
  all: boolean;
  some: boolean;
}

export function useSelection(loaded: readonly string[]): Selection {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const known = picked.size === 0 ? picked : new Set(loaded.filter((id) => picked.has(id)));
    const toggle = (id: string) => {
      const next = new Set(known);
      if (!next.delete(id)) next.add(id);
      setPicked(next);
    };
    const all = known.size > 0 && known.size === loaded.length;
    return {
      ids: known,
      size: known.size,
      has: (id) => known.has(id),
      toggle,
      toggleAll: () => setPicked(all ? new Set() : new Set(loaded)),
      clear: () => setPicked(new Set()),
      all,
      some: known.size > 0 && !all,
    };
  }, [loaded, picked]);
}
