/** The session is the browser's: what another tab does to it, and what the server says of it, moves this page along. */
import { screen, waitFor } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SessionNews } from '~/api/session-news';
import { FakeNetwork, renderApp, user } from '~/test/render';

const network = new FakeNetwork();
const otherTab = new BroadcastChannel('storekeep.session');
const heard: SessionNews[] = [];
otherTab.onmessage = ({ data }: MessageEvent<SessionNews>) => void heard.push(data);

beforeAll(() => network.server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  network.reset();
  heard.length = 0;
});
afterAll(() => {
  otherTab.close();
  network.server.close();
});

/** As when another tab turned to another tenant: the cookie is the same, whom it stands for is not. */
function turnElsewhere(): void {
  const { identity } = network.api.state;
  const tenant = { ...identity.tenant, id: crypto.randomUUID(), name: 'Other Goods' };
  network.api.state.session = { ...identity, tenant };
}

describe('a page whose session moved on', () => {
  it('goes along when another tab says so', async () => {
    const { router } = renderApp('/settings/tenant');
    expect(await screen.findByRole('button', { name: 'Save name' })).toBeVisible();
    turnElsewhere();
    otherTab.postMessage({ kind: 'entered' } satisfies SessionNews);
    expect(await screen.findByText(/Another tab is in Other Goods now/)).toBeVisible();
    await waitFor(() => expect(router.state.location.pathname).toBe('/insights'));
  });

  it('changes nothing in a tenant it was not made for', async () => {
    const { router } = renderApp('/settings/tenant');
    const name = await screen.findByLabelText('Name');
    turnElsewhere();
    const before = network.api.state.identity.tenant.name;
    await user.clear(name);
    await user.type(name, 'Renamed');
    await user.click(screen.getByRole('button', { name: 'Save name' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/insights'));
    expect(network.api.state.identity.tenant.name).toBe(before);
  });

  it('leaves with the tab that signed out, and says why where the account was deleted', async () => {
    const { router, unmount } = renderApp('/orders');
    expect(await screen.findByRole('heading', { name: 'Orders' })).toBeVisible();
    otherTab.postMessage({ kind: 'left', notice: 'ended' } satisfies SessionNews);
    expect(await screen.findByText(/^Your session has ended/)).toBeVisible();
    expect(router.state.location.search).toEqual({ next: '/orders', notice: 'ended' });
    unmount();
    network.reset();
    const later = renderApp('/orders');
    expect(await screen.findByRole('heading', { name: 'Orders' })).toBeVisible();
    otherTab.postMessage({ kind: 'left', notice: 'deleted' } satisfies SessionNews);
    expect(await screen.findByText(/^The account is deleted/)).toBeVisible();
    expect(later.router.state.location.search).toEqual({ notice: 'deleted' });
  });

  it('stays where it is when the same person signs in to the same tenant again', async () => {
    const { router } = renderApp('/orders');
    expect(await screen.findByRole('heading', { name: 'Orders' })).toBeVisible();
    otherTab.postMessage({ kind: 'entered' } satisfies SessionNews);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(router.state.location.pathname).toBe('/orders');
  });

  it('tells the other tabs what it does itself', async () => {
    renderApp('/orders');
    await user.click(await screen.findByRole('button', { name: /account of/ }));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    await waitFor(() => expect(heard).toEqual([{ kind: 'left', notice: 'ended' }]));
  });
});

describe('a page that could not be opened', () => {
  it('asks again when told to try again', async () => {
    network.api.faults.set('/api/stores', 500);
    renderApp('/orders');
    const again = await screen.findByRole('button', { name: 'Try again' });
    network.api.faults.clear();
    await user.click(again);
    expect(await screen.findByRole('heading', { name: 'Orders' })).toBeVisible();
  });
});
