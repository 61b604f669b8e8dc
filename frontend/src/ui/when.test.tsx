import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Ago, When } from './when';

it('times stand apart from the English around them, in their own direction', () => {
  const { container } = render(
    <>
      <When at="2026-03-01T11:56:00Z" timeZone="UTC" />
      <Ago at="2026-03-01T11:56:00Z" />
    </>,
  );
  const times = [...container.querySelectorAll('time')];
  expect(times).toHaveLength(2);
  for (const time of times) expect(time.firstElementChild?.tagName).toBe('BDI');
});
