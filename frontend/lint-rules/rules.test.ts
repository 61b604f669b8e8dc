import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOf, refusal } from './zones.js';

const ROOT = '/x/src';
const at = (file: string) => {
  const place = placeOf(path.join(ROOT, file), ROOT);
  if (!place) throw new Error(`${file} is outside`);
  return place;
};

describe('zones', () => {
  it.each([
    ['lib/a.ts', 'ui/b.ts'],
    ['ui/a.tsx', 'patterns/b.tsx'],
    ['ui/a.tsx', 'api/client.ts'],
    ['patterns/a.tsx', 'features/accounts/model.ts'],
    ['features/accounts/a.ts', 'routes/__root.tsx'],
    ['features/accounts/a.ts', 'features/commerce/b.ts'],
    ['features/accounts/a.ts', 'api/generated/schema.ts'],
    ['features/accounts/a.ts', 'test/fake/api.ts'],
    ['routes/sign-in.tsx', 'app/router.tsx'],
    ['api/client.ts', 'patterns/money.tsx'],
  ])('%s may not import %s', (from, to) => expect(refusal(at(from), at(to))).toBeTypeOf('string'));

  it.each([
    ['app/router.tsx', 'routes/__root.tsx'],
    ['app/live-updates.ts', 'features/commerce/orders/queries.ts'],
    ['routes/sign-in.tsx', 'features/accounts/sign-in-page.tsx'],
    ['features/accounts/a.ts', 'features/accounts/b.ts'],
    ['features/accounts/a.ts', 'api/client.ts'],
    ['features/accounts/a.test.ts', 'test/fake/state.ts'],
    ['patterns/a.tsx', 'ui/b.tsx'],
    ['api/types.ts', 'api/generated/schema.ts'],
    ['api/client.ts', 'lib/a.ts'],
  ])('%s may import %s', (from, to) => expect(refusal(at(from), at(to))).toBeNull());
});

/** The linter itself is asked, since it alone parses what the rules are given. */
describe('in the linter', () => {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const folder = mkdtempSync(path.join(tmpdir(), 'storekeep-lint-'));
  const root = path.join(folder, 'src');
  const files = {
    'ui/a.ts': [
      "import '~/features/accounts/a.ts';",
      "import type { A } from '../features/accounts/a.ts';",
      "export { a } from '~/features/accounts/a.ts';",
      "export * from '~/features/accounts/a.ts';",
      "export const b = (): Promise<A> => import('~/features/accounts/a.ts');",
      "import '~/lib/a.ts';",
      "import 'features/a.ts';",
    ],
    '../outside.ts': ["import './src/features/accounts/a.ts';"],
    'features/a/page.tsx': [
      "export const a = { queryKey: ['a'] };",
      "export const b = { queryKey: ['b'] as const };",
      "export const c = { 'mutationKey': `c` };",
      'export const d = { queryKey: keys.all(), other: [1] };',
    ],
    'features/a/queries.ts': ["export const a = { queryKey: ['a'] };"],
  };
  let said: string[] = [];

  beforeAll(() => {
    for (const [file, lines] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), lines.join('\n'));
    }
    const config = {
      jsPlugins: [path.join(here, 'plugin.js')],
      categories: { correctness: 'off' },
      rules: { 'storekeep/zones': ['error', { root }], 'storekeep/query-keys': 'error' },
    };
    writeFileSync(path.join(folder, '.oxlintrc.json'), JSON.stringify(config));
    const linter = path.join(here, '../node_modules/oxlint/bin/oxlint');
    const { stdout } = spawnSync(process.execPath, [linter, '--format', 'unix'], { cwd: folder, encoding: 'utf8' });
    said = stdout.split('\n').filter((line) => /:\d+:\d+:/.test(line));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const linesOf = (file: string, rule: string) =>
    said.filter((line) => line.startsWith(`${file}:`) && line.includes(rule)).map((line) => Number(line.split(':')[1]));

  it('an import is refused in each of its forms', () => {
    expect(linesOf('src/ui/a.ts', 'storekeep(zones)')).toEqual([1, 2, 3, 4, 5]);
    expect(linesOf('outside.ts', '')).toEqual([]);
  });

  it('query keys may be written out in queries.ts alone', () => {
    expect(linesOf('src/features/a/page.tsx', 'storekeep(query-keys)')).toEqual([1, 2, 3]);
    expect(linesOf('src/features/a/queries.ts', '')).toEqual([]);
  });
});
