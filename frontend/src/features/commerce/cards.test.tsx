import { screen, within } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeNetwork, renderApp } from '~/test/render';

const network = new FakeNetwork();
const wide = window.matchMedia;

beforeAll(() => network.server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() =>
  vi.stubGlobal('matchMedia', (query: string) => ({ ...wide(query), matches: query.includes('max-width') })),
);
afterEach(() => {
  vi.stubGlobal('matchMedia', wide);
  network.reset();
});
afterAll(() => network.server.close());

const LISTS = [
  ['orders', 'Orders'],
  ['customers', 'Customers'],
  ['products', 'Products'],
] as const;

async function cards(path: string, label: string): Promise<string[]> {
  renderApp(path);
  const list = await screen.findByRole('list', { name: label });
  return within(list)
    .getAllByRole('listitem')
    .map((card) => card.textContent);
}

describe('a card of a narrow screen', () => {
  it.each(LISTS)('names the store where %s of several are listed', async (path, label) => {
    const names = network.api.state.shops.map(({ store }) => store.name);
    for (const card of await cards(`/${path}`, label))
      expect(names.filter((name) => card.includes(name))).toHaveLength(1);
  });

  it.each(LISTS)('does not where the %s are of the one chosen', async (path, label) => {
    const [shop] = network.api.state.shops;
    for (const card of await cards(`/${path}?store=${shop?.store.id}`, label))
      expect(card).not.toContain(shop?.store.name);
  });
});
