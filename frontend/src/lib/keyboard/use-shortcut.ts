/** Shortcuts from components: registered while mounted, always calling the latest handler. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { shortcuts, type Shortcut } from './registry';

export function useShortcut(shortcut: Shortcut, enabled = true): void {
  const latest = useRef(shortcut);
  useEffect(() => {
    latest.current = shortcut;
  });
  const { id, keys, label, group, palette, fallback } = shortcut;
  useEffect(() => {
    if (!enabled) return undefined;
    return shortcuts.register({
      id,
      keys,
      label,
      group,
      palette: palette ?? false,
      fallback: fallback ?? false,
      run: (event) => latest.current.run(event),
      when: (event) => latest.current.when?.(event) ?? true,
    });
  }, [enabled, id, keys, label, group, palette, fallback]);
}

export function useShortcutList(): readonly Shortcut[] {
  return useSyncExternalStore(shortcuts.subscribe, shortcuts.list, shortcuts.list);
}

/** Listens once for the whole page. */
export function useShortcutListener(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => void shortcuts.handle(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
