/**
 * Keeps what is typed between the key that opens the palette and the moment its box has the focus: the palette is fetched
 * when first wanted, and a practised hand is faster than that. Until then no letter may reach the page's own shortcuts.
 */
export class EarlyTyping {
  private typed = '';

  listen(): void {
    // First of all listeners; adding it twice changes nothing.
    window.addEventListener('keydown', this.keep, { capture: true });
  }

  /** What was typed so far; from now on the keys go their usual way. */
  take(): string {
    window.removeEventListener('keydown', this.keep, { capture: true });
    const { typed } = this;
    this.typed = '';
    return typed;
  }

  private keep = (event: KeyboardEvent): void => {
    const next = typedAfter(this.typed, event);
    if (next === null) return;
    this.typed = next;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** The text after this key, or null where the key is not for the text. */
function typedAfter(text: string, event: KeyboardEvent): string | null {
  const command = event.ctrlKey || event.metaKey || event.altKey;
  // AltGr writes letters, though it says that Ctrl and Alt are held.
  if (event.isComposing || (command && !event.getModifierState('AltGraph'))) return null;
  if (event.key === 'Backspace') return text.slice(0, -1);
  // It would press what has the focus behind the palette.
  if (event.key === 'Enter') return text;
  return event.key.length === 1 ? text + event.key : null;
}
