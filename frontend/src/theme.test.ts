import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { themeStylesheet } from '../vite-plugins/theme-css';
import { schemes, theme } from './theme';

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

type Token = keyof (typeof schemes)['light'];

/** Text on what it lies on. */
const TEXT: [Token, Token][] = [
  ...(['surface', 'canvas', 'raised', 'hover', 'selected', 'sunken'] as const).flatMap((ground): [Token, Token][] => [
    ['ink', ground],
    ['ink-2', ground],
    ['muted', ground],
    ['accent-ink', ground],
  ]),
  ['good', 'good-soft'],
  ['warn', 'warn-soft'],
  ['bad', 'bad-soft'],
  ['good', 'surface'],
  ['warn', 'surface'],
  ['bad', 'surface'],
  ['accent-ink', 'accent-soft'],
  ['ink', 'accent-soft'],
  ['on-accent', 'accent'],
];

/** Lines and shapes that mean something. */
const SHAPES: [Token, Token][] = [
  ['accent', 'surface'],
  ['accent', 'canvas'],
  ['chart-1', 'surface'],
];

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  it.each(TEXT)('%s on %s is readable (AA)', (text, ground) => {
    expect(contrast(schemes[scheme][text], schemes[scheme][ground])).toBeGreaterThanOrEqual(4.5);
  });

  it('what lies on a filled button is readable, the red one included', () => {
    const red = theme.colors?.red?.[scheme === 'light' ? 6 : 4] ?? '';
    expect(contrast(schemes[scheme]['on-accent'], red)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('%s on %s can be told apart', (shape, ground) => {
    expect(contrast(schemes[scheme][shape], schemes[scheme][ground])).toBeGreaterThanOrEqual(3);
  });
});

describe('colours', () => {
  it('are raw in theme.ts alone', () => {
    const root = import.meta.dirname;
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(tsx?|css)$/.test(file) && !/theme(\.test)?\.ts$|\.test\.tsx?$|generated/.test(file))
      .map((file) => path.join(root, file));
    expect(files.length).toBeGreaterThan(100);
    const raw = files.filter((file) =>
      /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b(?!-)|rgba?\(|hsla?\(/i.test(readFileSync(file, 'utf8')),
    );
    expect(raw).toEqual([]);
  });

  it('are all defined for both schemes, and every one that is used exists', () => {
    expect(Object.keys(schemes.dark)).toEqual(Object.keys(schemes.light));
    const css = themeStylesheet();
    const known = new Set([...css.matchAll(/(--sk-[\w-]+):/g)].map((match) => match[1]));
    const root = import.meta.dirname;
    const used = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.css'))
      .flatMap((file) => {
        const text = readFileSync(path.join(root, file), 'utf8');
        for (const match of text.matchAll(/(--sk-[\w-]+):/g)) known.add(match[1]);
        return [...text.matchAll(/var\((--sk-[\w-]+)\)/g)].map((match) => match[1]);
      });
    expect([...new Set(used)].filter((name) => !known.has(name))).toEqual([]);
  });
});
