/**
 * Fails when what a first page must load outgrows the budget.
 * Counted for each first page: every script index.html names, the page's own chunks, and all they import (gzip).
 * Not counted: what loads on demand afterwards (charts, calendar, palette, floating messages).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = 250_000;
const FIRST_PAGES = {
  'sign-in': ['src/routes/sign-in.tsx'],
  dashboard: ['src/app/shell/frame.tsx', 'src/routes/_app.tsx', 'src/routes/_app/insights.tsx'],
};
const dist = path.resolve(import.meta.dirname, '../dist');
const manifest = JSON.parse(readFileSync(path.join(dist, '.vite/manifest.json'), 'utf8'));

function closure(keys) {
  const files = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    (chunk.imports ?? []).forEach(visit);
  };
  keys.forEach(visit);
  return [...files].filter((file) => file.endsWith('.js'));
}

/** The chunks a route file was split into. */
function chunksOf(route) {
  const keys = Object.keys(manifest).filter((key) => key === route || key.startsWith(`${route}?`));
  if (keys.length === 0) throw new Error(`${route} is not in the build`);
  return keys;
}

const gzipped = (file) => gzipSync(readFileSync(path.join(dist, file)), { level: 9 }).length;

const pages = Object.entries(FIRST_PAGES).map(([page, routes]) => {
  const files = ['color-scheme.js', ...closure(['index.html', ...routes.flatMap(chunksOf)])];
  return { page, bytes: files.reduce((sum, file) => sum + gzipped(file), 0), files: files.length };
});
const bytes = Math.max(...pages.map((page) => page.bytes));
console.log(JSON.stringify({ firstLoad: bytes, budget: BUDGET, pages }));
if (bytes > BUDGET) {
  console.error(`First load is ${bytes} bytes of script (gzip); the budget is ${BUDGET}.`);
  process.exit(1);
}
