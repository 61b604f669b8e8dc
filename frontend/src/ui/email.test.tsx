import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Email } from './email';

it('may break before the @ and after full stops, and is copied as it is', () => {
  render(<Email address="ada.b@love.test" />);
  const shown = screen.getByText(/ada/);
  expect(shown.textContent).toBe('ada.b@love.test');
  expect(shown.innerHTML).toBe('ada.<wbr>b<wbr>@love.<wbr>test');
});
