/**
 * Turns theme.ts into a static stylesheet (`virtual:theme.css`).
 *
 * Mantine can write its CSS variables into a <style> element at run time; our security policy allows no inline style
 * elements, so the same variables are made at build time and the provider is told not to.
 */
import { convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from '@mantine/core';
import type { Plugin } from 'vite';
import { cssVariables, theme } from '../src/theme.ts';

const ID = 'virtual:theme.css';

export function themeStylesheet(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const base = defaultCssVariablesResolver(merged);
  const own = cssVariables(merged);
  const all = {
    variables: { ...base.variables, ...own.variables },
    light: { ...base.light, ...own.light, '--mantine-color-scheme': 'light' },
    dark: { ...base.dark, ...own.dark, '--mantine-color-scheme': 'dark' },
  };
  return convertCssVariables(all, ':root');
}

export function themeCss(): Plugin {
  return {
    name: 'storekeep-theme-css',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? themeStylesheet() : undefined),
  };
}
