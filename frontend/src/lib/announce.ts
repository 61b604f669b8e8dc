/** Tells screen readers what happened when nothing they are on has changed. */

let region: HTMLElement | null = null;

function liveRegion(): HTMLElement {
  if (region?.isConnected) return region;
  region = document.createElement('div');
  region.setAttribute('role', 'status');
  region.setAttribute('aria-live', 'polite');
  region.className = 'sk-visually-hidden';
  document.body.append(region);
  return region;
}

export function announce(message: string): void {
  const target = liveRegion();
  target.textContent = '';
  // A change of text is what is read out, even when the words are the same as before.
  setTimeout(() => (target.textContent = message), 30);
}
