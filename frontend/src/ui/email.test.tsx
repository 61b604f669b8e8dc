import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Email } from './email';

it('may break before the @ and after full stops, and is copied as it is', () => {
  const { container } = render(<Email address="ada.b@love.test" />);
  expect(container.textContent).toBe('ada.b@love.test');
  expect(container.firstElementChild?.innerHTML).toBe('ada.<wbr>b<wbr>@love.<wbr>test');
});
