import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import queryKeys from './query-keys.js';
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

describe('query keys', () => {
  const keyIn = (filename: string, value: object) => {
    const report = vi.fn();
    const rule = queryKeys.create({ filename, report } as never) as { Property?: (node: object) => void };
    rule.Property?.({ key: { type: 'Identifier', name: 'queryKey' }, value });
    return report.mock.calls.length > 0;
  };
  const array = { type: 'ArrayExpression', elements: [] };
  const call = { type: 'CallExpression' };

  it('may be written out in queries.ts alone', () => {
    expect(keyIn('/x/features/a/queries.ts', array)).toBe(false);
    expect(keyIn('/x/features/a/page.tsx', array)).toBe(true);
    expect(keyIn('/x/features/a/page.tsx', { type: 'TSAsExpression', expression: array })).toBe(true);
    expect(keyIn('/x/features/a/page.tsx', call)).toBe(false);
  });
});
