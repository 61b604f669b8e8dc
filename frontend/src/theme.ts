/**
 * Storekeep's look: colours, type, spacing and the defaults of Mantine's components. The only file with raw colours.
 * Everything else speaks in the `--sk-*` variables made here, which exist for both colour schemes.
 */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eff9fd',
  '#daf1fb',
  '#bae4f5',
  '#8ed3ed',
  '#55b9dc',
  '#1694b8',
  '#007190',
  '#00617b',
  '#004c61',
  '#003443',
];

const slate: MantineColorsTuple = [
  '#f8fafc',
  '#f2f5f7',
  '#e8ecef',
  '#dbe0e5',
  '#c5cbd1',
  '#97a0a7',
  '#5b656d',
  '#3f4951',
  '#283239',
  '#171f26',
];

const night: MantineColorsTuple = [
  '#eaedf1',
  '#d0d5d9',
  '#a2aab2',
  '#798189',
  '#3a4249',
  '#2b3339',
  '#1f252b',
  '#161c21',
  '#0f1418',
  '#080d11',
];

const green: MantineColorsTuple = [
  '#effaf2',
  '#dbf4e3',
  '#bbeaca',
  '#91dbab',
  '#5ec386',
  '#2e9d61',
  '#1b7948',
  '#19673d',
  '#155030',
  '#0f3620',
];

const amber: MantineColorsTuple = [
  '#fdf5ec',
  '#fee9d0',
  '#fad6aa',
  '#f4bc74',
  '#df9b3b',
  '#b6770b',
  '#8b5b0c',
  '#774c05',
  '#5e3b04',
  '#402804',
];

const red: MantineColorsTuple = [
  '#fff4f3',
  '#ffe6e4',
  '#ffcfcb',
  '#fdb1ab',
  '#f48681',
  '#dc5050',
  '#b52a30',
  '#9b2328',
  '#791e20',
  '#521616',
];

const indigo: MantineColorsTuple = [
  '#f5f6ff',
  '#e8ecff',
  '#d4dafe',
  '#bbc3fc',
  '#9aa3f3',
  '#747bd9',
  '#5558b9',
  '#474aa2',
  '#373982',
  '#25265a',
];

const white = '#ffffff';

/** Semantic colours of each scheme; the contrast test holds every text pair to AA. */
export const schemes = {
  light: {
    canvas: slate[1],
    surface: white,
    raised: white,
    sunken: slate[1],
    hover: slate[1],
    selected: accent[0],
    hairline: slate[3],
    'hairline-strong': slate[4],
    ink: slate[9],
    'ink-2': slate[7],
    muted: slate[6],
    accent: accent[6],
    'accent-ink': accent[7],
    'accent-soft': accent[1],
    'on-accent': white,
    good: green[7],
    'good-soft': green[1],
    warn: amber[7],
    'warn-soft': amber[1],
    bad: red[7],
    'bad-soft': red[1],
    'good-dot': green[5],
    'warn-dot': amber[4],
    'bad-dot': red[5],
    'chart-1': accent[6],
    'chart-2': indigo[4],
    'chart-3': slate[5],
    'chart-soft': accent[1],
    'skeleton-a': slate[2],
    'skeleton-b': slate[1],
    'shadow-color': 'rgb(23 31 38 / 0.14)',
  },
  dark: {
    canvas: night[8],
    surface: night[7],
    raised: night[6],
    sunken: night[8],
    hover: night[6],
    selected: '#14303b',
    hairline: night[5],
    'hairline-strong': night[4],
    ink: night[0],
    'ink-2': night[1],
    muted: night[2],
    accent: accent[4],
    'accent-ink': accent[3],
    'accent-soft': '#12313d',
    'on-accent': night[9],
    good: green[4],
    'good-soft': '#163524',
    warn: amber[4],
    'warn-soft': '#3b2a10',
    bad: red[4],
    'bad-soft': '#431d1e',
    'good-dot': green[4],
    'warn-dot': amber[4],
    'bad-dot': red[4],
    'chart-1': accent[4],
    'chart-2': indigo[4],
    'chart-3': night[3],
    'chart-soft': '#12313d',
    'skeleton-a': night[5],
    'skeleton-b': night[6],
    'shadow-color': 'rgb(0 0 0 / 0.5)',
  },
} as const;

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  colors: { accent, gray: slate, dark: night, green, yellow: amber, red, indigo },
  white,
  black: slate[9],
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Menlo, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.4' },
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.75rem' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.375rem' },
      h3: { fontSize: '0.875rem', lineHeight: '1.25rem' },
      h4: { fontSize: '0.8125rem', lineHeight: '1.25rem' },
    },
  },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  breakpoints: { xs: '30em', sm: '48em', md: '64em', lg: '80em', xl: '96em' },
  components: {
    Button: { defaultProps: { size: 'sm', fw: 550 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right', allowDeselect: false } },
    Tooltip: {
      defaultProps: { openDelay: 250, withArrow: false, transitionProps: { duration: 80 }, events: tooltipEvents() },
    },
    // The page's body never scrolls (the frame's panes do), so nothing needs locking, and locking would write a <style>.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        radius: 'lg',
        transitionProps: { duration: 120, transition: 'fade' },
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 150 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md', position: 'bottom-end' } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    HoverCard: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md', openDelay: 150 } },
  },
});

function tooltipEvents() {
  return { hover: true, focus: true, touch: false };
}

function prefixed(tokens: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--sk-${name}`, value]));
}

function mantineSurfaces(tokens: (typeof schemes)['light' | 'dark']): Record<string, string> {
  return {
    '--mantine-color-body': tokens.surface,
    '--mantine-color-text': tokens.ink,
    '--mantine-color-dimmed': tokens.muted,
    '--mantine-color-placeholder': tokens.muted,
    '--mantine-color-anchor': tokens['accent-ink'],
    '--mantine-color-default': tokens.surface,
    '--mantine-color-default-hover': tokens.hover,
    '--mantine-color-default-color': tokens.ink,
    '--mantine-color-default-border': tokens['hairline-strong'],
    '--mantine-color-error': tokens.bad,
    '--mantine-color-red-light-color': tokens.bad,
    '--mantine-color-red-outline': tokens.bad,
    '--mantine-color-accent-light-color': tokens['accent-ink'],
    '--mantine-color-gray-light-color': tokens['ink-2'],
    '--mantine-shadow-md': `0 6px 24px ${tokens['shadow-color']}`,
    '--mantine-shadow-lg': `0 10px 40px ${tokens['shadow-color']}`,
  };
}

/** The variables of both schemes, for the stylesheet made at build time. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...prefixed(schemes.light), ...mantineSurfaces(schemes.light) },
  dark: { ...prefixed(schemes.dark), ...mantineSurfaces(schemes.dark) },
});
