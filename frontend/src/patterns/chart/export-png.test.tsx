import { afterEach, expect, it, vi } from 'vitest';
import { chartToPng } from './export-png';
import { covers } from './page-font';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.head.querySelector('style[data-test]')?.remove();
  document.body.replaceChildren();
});

it('the picture has the labels below the drawing’s frame, in the page’s own font', async () => {
  const sheet = document.head.appendChild(document.createElement('style'));
  sheet.dataset.test = '';
  sheet.textContent = `
    @font-face { font-family: 'Inter Variable'; src: url(/cyrillic.woff2); unicode-range: U+0400-045F }
    @font-face { font-family: 'Inter Variable'; src: url(/latin.woff2); unicode-range: U+0000-00FF }
    @font-face { font-family: 'Another'; src: url(/another.woff2) }`;
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: URL) => {
    asked.push(address.pathname);
    return Promise.resolve(new Response(new Blob(['letters'])));
  });
  const drawn: string[] = [];
  vi.stubGlobal(
    'Image',
    class {
      onload = () => undefined;
      set src(address: string) {
        drawn.push(decodeURIComponent(address));
        setTimeout(() => this.onload());
      }
    },
  );
  const plot = document.body.appendChild(document.createElement('div'));
  plot.style.fontFamily = "'Inter Variable', sans-serif";
  plot.innerHTML = '<svg class="recharts-surface"><text>24 Oct</text><text></text></svg>';
  const boxes = [new DOMRect(50, 50, 300, 200), new DOMRect(60, 245, 40, 15), new DOMRect(0, 0, 0, 0)];
  for (const [index, element] of [...plot.querySelectorAll('svg, text')].entries())
    element.getBoundingClientRect = () => boxes[index] as DOMRect;

  // What follows needs a canvas, which is not here.
  await expect(chartToPng(plot, { title: 'Sales', note: '' })).rejects.toThrow('cannot draw');
  expect(drawn[0]).toContain('viewBox="0 0 300 210"');
  expect(drawn[0]).toContain('height="210"');
  expect(asked).toEqual(['/latin.woff2']);
  expect(drawn[0]).toMatch(/@font-face\{font-family:"?'?Inter Variable[^}]*src:url\(data:/);
});

it('a face is taken along for the characters it is for', () => {
  const pounds = [...'£k'].map((sign) => sign.charCodeAt(0));
  expect(covers('U+0-FF, U+131', pounds)).toBe(true);
  expect(covers('U+0400-045F,U+20AC', pounds)).toBe(false);
  expect(covers('U+20AC', ['€'.charCodeAt(0)])).toBe(true);
  expect(covers('', pounds)).toBe(true);
});
