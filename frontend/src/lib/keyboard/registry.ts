/**
 * The one list of keyboard shortcuts: it binds the keys, fills the `?` sheet and gives tooltips and the palette their hints.
 * Silent while someone types and while a dialog is open. Latest registration wins, so a page can take over a key; a fallback
 * gives way to every other, in whatever order they came.
 */

export type ShortcutGroup = 'Everywhere' | 'Go to' | 'Lists' | 'This page';

export interface Shortcut {
  id: string;
  /** "mod+k" (⌘ on a Mac, Ctrl elsewhere), "?", "ArrowDown", or two keys in turn: "g o". */
  keys: string;
  label: string;
  group: ShortcutGroup;
  run: (event: KeyboardEvent) => void;
  /** Leaves the key alone when it answers false. */
  when?: (event: KeyboardEvent) => boolean;
  /** Also offered as a command in the palette. */
  palette?: boolean;
  /** Has the key only where nothing else here wants it. */
  fallback?: boolean;
}

const SEQUENCE_MS = 900;
const TYPING = 'input, textarea, select, [contenteditable=""], [contenteditable="true"]';
const NOT_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'range', 'switch']);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && NOT_TEXT.has(target.type)) return false;
  return target.matches(TYPING);
}

function dialogIsOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

/** The name of a pressed key as the registry writes it: "mod+k", "?", "x", "ArrowDown". */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key;
}

/**
 * Fallbacks first, each kind in the order it came. A parent's effects run after its child's on the first mount and before
 * them on a later one, so the order alone cannot say whose key it is.
 */
function byPrecedence(entries: readonly Shortcut[]): Shortcut[] {
  return entries.toSorted((a, b) => Number(b.fallback ?? false) - Number(a.fallback ?? false));
}

export class ShortcutRegistry {
  /** The last of those for a key has it. */
  private entries: readonly Shortcut[] = [];
  private listeners = new Set<() => void>();
  private pending: { key: string; at: number } | null = null;

  register(shortcut: Shortcut): () => void {
    this.change(byPrecedence([...this.entries, shortcut]));
    return () => this.change(this.entries.filter((entry) => entry !== shortcut));
  }

  list = (): readonly Shortcut[] => this.entries;

  find = (id: string): Shortcut | undefined => this.entries.findLast((entry) => entry.id === id);

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Runs what the key stands for; answers whether something ran. */
  handle = (event: KeyboardEvent): boolean => {
    if (event.defaultPrevented || event.altKey || event.repeat === undefined) return false;
    const key = keyName(event);
    if (dialogIsOpen() || (isTyping(event.target) && !key.startsWith('mod+'))) return false;
    const pending = this.pending && Date.now() - this.pending.at < SEQUENCE_MS ? this.pending.key : null;
    this.pending = null;
    if (pending && this.run(`${pending} ${key}`, event)) return true;
    if (this.run(key, event)) return true;
    if (this.entries.some((entry) => entry.keys.startsWith(`${key} `))) this.pending = { key, at: Date.now() };
    return false;
  };

  private run(keys: string, event: KeyboardEvent): boolean {
    const entry = this.entries.findLast((one) => one.keys === keys && (one.when?.(event) ?? true));
    if (!entry) return false;
    event.preventDefault();
    entry.run(event);
    return true;
  }

  private change(next: readonly Shortcut[]): void {
    this.entries = next;
    for (const listener of this.listeners) listener();
  }
}

export const shortcuts = new ShortcutRegistry();

const SYMBOLS: Record<string, string> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: 'Enter',
  Escape: 'Esc',
  Home: 'Home',
  End: 'End',
};

/** The keys as caps to draw: "g o" → ["G", "O"], "mod+k" → ["⌘", "K"] on a Mac. */
export function keyCaps(keys: string, mac = isMac()): string[] {
  return keys.split(' ').flatMap((step) =>
    step.split('+').map((part) => {
      if (part === 'mod') return mac ? '⌘' : 'Ctrl';
      return SYMBOLS[part] ?? part.toUpperCase();
    }),
  );
}

export function isMac(): boolean {
  return typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform);
}
