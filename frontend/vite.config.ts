import { fileURLToPath } from 'node:url';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { fakeApi } from './src/test/fake/vite-plugin.ts';
import { preloadFont } from './vite-plugins/preload-font.ts';
import { themeCss } from './vite-plugins/theme-css.ts';

const backend = process.env.STOREKEEP_API ?? 'http://127.0.0.1:8000';

export default defineConfig(({ mode }) => ({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single', semicolons: true }),
    react(),
    themeCss(),
    preloadFont(),
    ...(mode === 'fake' ? [fakeApi()] : []),
  ],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { host: '127.0.0.1', ...(mode === 'fake' ? {} : { proxy: { '/api': backend } }) },
  preview: { host: '127.0.0.1' },
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    manifest: true,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        // A few files that change at their own pace, instead of sixty crumbs: they pack better and stay cached longer.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 4 },
            { name: 'tanstack', test: /node_modules\/@tanstack\/(?!react-virtual|virtual)/, priority: 3 },
            {
              name: 'mantine',
              test: /node_modules\/(@mantine\/(core|hooks)|@floating-ui)\//,
              minShareCount: 3,
              priority: 2,
            },
            { name: 'shared', test: /src\/(api|lib|ui|patterns)\//, minShareCount: 3, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    globals: false,
    projects: [
      {
        extends: true,
        test: { name: 'logic', environment: 'node', include: ['src/**/*.test.ts', 'lint-rules/*.test.ts'] },
      },
      {
        extends: true,
        // The icons' one-file build: six thousand small modules would be read for every test file otherwise.
        resolve: { alias: { '@tabler/icons-react': '@tabler/icons-react/dist/cjs/tabler-icons-react.cjs' } },
        test: {
          name: 'page',
          environment: 'happy-dom',
          isolate: false,
          testTimeout: 30_000,
          include: ['src/**/*.test.tsx'],
          setupFiles: ['src/test/setup.ts'],
        },
      },
    ],
  },
}));
