import { expect, it } from 'vitest';
import { jobName, jobState, readJobSearch } from './model';

it('jobs are named for people, states known or not', () => {
  expect(jobName('commerce.import_store')).toBe('Import store');
  expect(jobState('dead')).toEqual({ tone: 'bad', label: 'Gave up' });
  expect(jobState('quarantined')).toEqual({ tone: 'neutral', label: 'Quarantined' });
  expect(readJobSearch({ state: 'dead' })).toEqual({ state: 'dead' });
  expect(readJobSearch({ state: 'x' })).toEqual({});
});
