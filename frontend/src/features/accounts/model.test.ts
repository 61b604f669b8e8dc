import { expect, it } from 'vitest';
import { buildState } from '~/test/fake/state';
import { describeDevice, emailProblem, fixedRole, passwordProblem, rolesToGive } from './model';

it.each([
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    'Chrome on Mac',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0',
    'Edge on Windows',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1', 'Safari on iPhone'],
  ['curl/8.5.0', 'curl'],
  ['python-requests/2', 'python-requests/2'],
  [null, 'Unknown device'],
])('%s', (agent, device) => expect(describeDevice(agent)).toBe(device));

it('checks only what it can be sure of', () => {
  expect(emailProblem('ada@example.com')).toBeNull();
  expect(emailProblem('ada')).not.toBeNull();
  expect(passwordProblem('eight ch')).toBeNull();
  expect(passwordProblem('short')).not.toBeNull();
});

it('the only owner is fixed and says why; with a second one, owners change owners', () => {
  const { members } = buildState({ days: 1, perDay: 1 });
  const [owner, admin] = members;
  if (!owner || !admin) throw new Error('the stand-in has members');
  expect(fixedRole(owner, members, 'owner')).toMatch(/only owner/);
  expect(fixedRole(admin, members, 'owner')).toBeNull();
  const two = [owner, { ...admin, role: 'owner' as const }];
  expect(fixedRole(owner, two, 'owner')).toBeNull();
  expect(fixedRole(owner, two, 'admin')).toMatch(/Only an owner/);
  expect(rolesToGive('admin')).not.toContain('owner');
});
