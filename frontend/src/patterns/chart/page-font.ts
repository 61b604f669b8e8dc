/** The page's own font to take along: a picture made of an SVG sees nothing of the page, its fonts included. */

/** The @font-face rules, files written in, that `family` needs to draw `text`; what cannot be had is left out. */
export async function fontFor(family: string, text: string): Promise<string> {
  const points = [...new Set(text)].map((character) => character.codePointAt(0) ?? 0);
  const faces = fontFaces().filter(
    ({ style }) =>
      unquoted(style.getPropertyValue('font-family')) === unquoted(family.split(',')[0] ?? '') &&
      covers(style.getPropertyValue('unicode-range'), points),
  );
  return (await Promise.all(faces.map((face) => written(face).catch(() => '')))).join('');
}

/** Whether a face is for one of the characters: "U+0-FF, U+131"; one that names none is for all. */
export function covers(range: string, points: readonly number[]): boolean {
  if (range === '') return true;
  return range.split(',').some((part) => {
    const [from = 0, to = from] = part
      .trim()
      .slice(2)
      .split('-')
      .map((end) => Number.parseInt(end, 16));
    return points.some((point) => from <= point && point <= to);
  });
}

const unquoted = (name: string) => name.trim().replaceAll(/^["']|["']$/g, '');

function fontFaces(): CSSFontFaceRule[] {
  // Only the page's own sheets can be read, and an extension may have put in others.
  const rules = [...document.styleSheets].flatMap((sheet) => (isReadable(sheet) ? [...sheet.cssRules] : []));
  return rules.filter((rule) => rule instanceof CSSFontFaceRule);
}

function isReadable(sheet: CSSStyleSheet): boolean {
  try {
    return sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}

async function written({ style, parentStyleSheet }: CSSFontFaceRule): Promise<string> {
  const [, address = ''] = /url\(["']?([^"')]+)["']?\)/.exec(style.getPropertyValue('src')) ?? [];
  const answer = await fetch(new URL(address, parentStyleSheet?.href ?? document.baseURI));
  if (!answer.ok) return '';
  const parts = ['font-family', 'font-weight', 'font-style', 'unicode-range']
    .map((name) => `${name}:${style.getPropertyValue(name)}`)
    .filter((part) => !part.endsWith(':'));
  return `@font-face{${parts.join(';')};src:url(${await dataUrl(await answer.blob())})}`;
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('The font could not be read.'));
    reader.readAsDataURL(blob);
  });
}
