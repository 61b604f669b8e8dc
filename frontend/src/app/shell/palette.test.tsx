/** The palette with the whole product around it: whose key `/` is, that no letter is lost, and what Enter would open. */
import { screen, waitFor } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeNetwork, renderApp, user } from '~/test/render';

const network = new FakeNetwork();

beforeAll(() => network.server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => network.reset());
afterAll(() => network.server.close());

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-action]')];
const selected = () => rows().findIndex((row) => row.hasAttribute('data-selected'));
const box = () => screen.findByLabelText<HTMLInputElement>('Find anything', { selector: 'input' });

describe('the palette', () => {
  it('keeps what is typed before it has the focus, and the page’s own shortcuts silent', async () => {
    const { router } = renderApp('/orders');
    await screen.findByRole('grid');
    await user.keyboard('{Control>}k{/Control}g ox{Backspace}{Enter}');
    expect(await box()).toBeInTheDocument();
    await waitFor(async () => expect(await box()).toHaveValue('g o'));
    expect(await box()).toHaveFocus();
    await user.keyboard('ne');
    expect(await box()).toHaveValue('g one');
    expect(router.state.location.pathname).toBe('/orders');
  });

  it('selects the first result when records come, and lets a selection stay while they are the same', async () => {
    const { router, queryClient } = renderApp('/orders');
    await screen.findByRole('grid');
    await user.keyboard('{Control>}k{/Control}');
    await waitFor(async () => expect(await box()).toHaveFocus());
    const first = network.api.state.shops[0]?.orders[0]?.name ?? '';
    await user.keyboard(first);
    expect(rows()).toHaveLength(0);
    expect(screen.getByText(`Looking for “${first}”`)).toBeVisible();
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    expect(selected()).toBe(0);
    // One letter more, and what was found for fewer is no longer there to be opened.
    await user.keyboard('x');
    expect(rows()).toHaveLength(0);
    await user.keyboard('{Backspace}');
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/orders\/./));

    await user.keyboard('{Control>}k{/Control}');
    await waitFor(async () => expect(await box()).toHaveFocus());
    // Cleared as the palette leaves, which it does at once and without a word where nothing moves.
    await user.clear(await box());
    expect(selected()).toBe(0);
    await user.keyboard('{ArrowDown}');
    expect(selected()).toBe(1);
    await queryClient.refetchQueries();
    expect(selected()).toBe(1);
  });
});

describe('what Enter opens', () => {
  it('is a page that is named so, before records come and after', async () => {
    network.api.state.shops[0]?.orders.forEach((order) => Object.assign(order, { email: 'customers@test' }));
    for (const waits of [false, true]) {
      const { router, unmount } = renderApp('/orders');
      await screen.findByRole('grid');
      await user.keyboard('{Control>}k{/Control}');
      await waitFor(async () => expect(await box()).toHaveFocus());
      await user.keyboard('customers');
      if (waits) await waitFor(() => expect(rows().length).toBeGreaterThan(1));
      await user.keyboard('{Enter}');
      await waitFor(() => expect(router.state.location.pathname).toBe('/customers'));
      unmount();
    }
  });

  it('is the first record, though it is pressed while that is looked for', async () => {
    const { router } = renderApp('/orders');
    await screen.findByRole('grid');
    await user.keyboard('{Control>}k{/Control}');
    await waitFor(async () => expect(await box()).toHaveFocus());
    const [first] = network.api.state.shops[0]?.orders ?? [];
    await user.keyboard(`${first?.name}{Enter}`);
    expect(router.state.location.pathname).toBe('/orders');
    await waitFor(() => expect(router.state.location.pathname).toBe(`/orders/${first?.id}`));
  });

  it('is nothing any more once something else is typed', async () => {
    const { router } = renderApp('/orders');
    await screen.findByRole('grid');
    await user.keyboard('{Control>}k{/Control}');
    await waitFor(async () => expect(await box()).toHaveFocus());
    const first = network.api.state.shops[0]?.orders[0]?.name ?? '';
    await user.keyboard(`${first}{Enter}x{Backspace}`);
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    expect(router.state.location.pathname).toBe('/orders');
  });
});

describe('the key /', () => {
  it.each(['orders', 'customers', 'products'])('is the own search’s of %s after a deep link', async (list) => {
    renderApp(`/${list}`);
    await screen.findByRole('grid');
    await user.keyboard('/');
    expect(screen.getByRole('searchbox', { name: `Search ${list}` })).toHaveFocus();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('opens the palette where there is no list', async () => {
    renderApp('/insights');
    await screen.findByRole('article', { name: 'Total sales' });
    await user.keyboard('/');
    await waitFor(async () => expect(await box()).toHaveFocus());
  });
});
