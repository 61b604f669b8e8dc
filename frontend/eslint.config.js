import { fileURLToPath } from 'node:url';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import queryKeys from './eslint-rules/query-keys.js';
import zones from './eslint-rules/zones.js';

const root = fileURLToPath(new URL('./src', import.meta.url));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/generated', 'src/routeTree.gen.ts'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { storekeep: { rules: { zones, 'query-keys': queryKeys } }, 'react-hooks': hooks },
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      'storekeep/zones': ['error', { root }],
      'storekeep/query-keys': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@mantine/core',
              importNames: ['AppShell', 'Flex', 'Grid', 'SimpleGrid'],
              message: 'These write <style> elements at run time, which the security policy forbids. Use a CSS module.',
            },
            {
              name: '@mantine/charts',
              message: 'Only the lazily loaded chart file may import the charting library.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/patterns/chart/time-chart.tsx'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/test/**', 'src/**/*.test.{ts,tsx}'],
    rules: { 'max-lines': 'off', 'storekeep/query-keys': 'off' },
  },
);
