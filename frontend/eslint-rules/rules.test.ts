import path from 'node:path';
import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
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

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

tester.run('query keys', queryKeys as never, {
  valid: [
    { filename: '/x/features/a/queries.ts', code: `queryOptions({ queryKey: ['a'] })` },
    { filename: '/x/features/a/mutations.ts', code: `client.invalidateQueries({ queryKey: keys.all(tenantId) })` },
  ],
  invalid: [
    { filename: '/x/features/a/page.tsx', code: `useQuery({ queryKey: ['a'] })`, errors: [{ messageId: 'literal' }] },
    { filename: '/x/app/a.ts', code: `x({ queryKey: ['a'] as const })`, errors: [{ messageId: 'literal' }] },
  ],
});
