import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Email } from './email';

it('breaks before the @ first, after full stops then, and is copied as it is', () => {
  const { container } = render(<Email address="ada.b@love.test" />);
  expect(container.textContent).toBe('ada.b@love.test');
  const sides = [...(container.firstElementChild?.children ?? [])].map((side) => side.innerHTML);
  expect(sides).toEqual(['ada.<wbr>b', '@love.<wbr>test']);
});
