/** What a reader of another locale is shown: their numbers and dates in the page's words. */
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The modules as they are in a browser of that locale, which they ask for as they are loaded. */
async function readIn(locale: string) {
  const usual = Intl;
  const inLocale = <Format>(make: new (asked: string | undefined, options: object | undefined) => Format) =>
    function format(asked?: string, options?: object) {
      return new make(asked ?? locale, options);
    };
  vi.stubGlobal('Intl', {
    ...usual,
    NumberFormat: inLocale(usual.NumberFormat as never),
    RelativeTimeFormat: inLocale(usual.RelativeTimeFormat as never),
    DateTimeFormat: inLocale(usual.DateTimeFormat as never),
  });
  return { ...(await import('./dates')), ...(await import('./format')) };
}

const now = new Date('2026-03-01T12:00:00Z');

it('tells distances in the page’s words, with the reader’s digits', async () => {
  const german = await readIn('de-DE');
  expect(german.formatRelative('2026-03-01T11:56:00Z', now)).toBe('4 minutes ago');
  vi.resetModules();
  const arabic = await readIn('ar-EG');
  expect(arabic.formatRelative('2026-03-01T11:56:00Z', now)).toBe('٤ minutes ago');
});

it('writes a change too large to say as it writes any other', async () => {
  const { formatChange } = await readIn('de-DE');
  expect(formatChange('0.5')).toBe('+50\u00a0%');
  expect(formatChange('107.5')).toBe('>+999\u00a0%');
  expect(formatChange('-107.5')).toBe('<\u2212999\u00a0%');
});
