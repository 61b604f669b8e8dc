import { act, screen, waitFor, within } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeNetwork, renderApp, user } from '~/test/render';
import { newRun } from '~/test/fake/state';

const network = new FakeNetwork();

beforeAll(() => network.server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => network.reset());
afterAll(() => network.server.close());

describe('signing in', () => {
  it('leads back to where one wanted to go', async () => {
    network.reset({ signedIn: false });
    const { router } = renderApp('/orders?payment=PAID');
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
    await user.click(await screen.findByRole('button', { name: 'Fill in' }));
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { name: 'Orders' })).toBeVisible();
    expect(router.state.location.href).toBe('/orders?payment=PAID');
  });

  it('says that a session ended, and nothing to who comes without one', async () => {
    network.reset({ signedIn: false });
    const { router, unmount } = renderApp('/orders');
    await waitFor(() => expect(router.state.location.search).toEqual({ next: '/orders' }));
    unmount();
    network.api.state.sessionEnded = true;
    renderApp('/orders');
    expect(await screen.findByText(/^Your session has ended/)).toBeVisible();
  });

  it('says what is wrong with the request id, and keeps what was typed', async () => {
    network.reset({ signedIn: false });
    renderApp('/sign-in');
    await user.type(await screen.findByLabelText('Email'), 'ada@example.com');
    await user.type(screen.getByLabelText('Password'), 'wrong');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('The email or the password is not right.')).toBeVisible();
    expect(screen.getByText(/^req_/)).toBeVisible();
    expect(screen.getByLabelText('Email')).toHaveValue('ada@example.com');
  });

  it('is asked for again when the session ends, and nothing of it stays in the cache', async () => {
    const { router, queryClient } = renderApp('/orders');
    await screen.findByRole('grid');
    network.api.state.session = null;
    await queryClient.refetchQueries();
    await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'));
    expect(router.state.location.search).toEqual({ next: '/orders', notice: 'ended' });
    expect(await screen.findByText(/^Your session has ended/)).toBeVisible();
    expect(
      queryClient
        .getQueryCache()
        .findAll()
        .filter((query) => query.queryKey[0] !== 'meta'),
    ).toEqual([]);
  });
});

describe('an empty account', () => {
  it('is led to its first store', async () => {
    network.reset({ empty: true });
    renderApp('/');
    expect(await screen.findByText(/Welcome to Storekeep, Ada/)).toBeVisible();
    await user.click(screen.getByRole('link', { name: 'Connect a store' }));
    await user.click(await screen.findByRole('button', { name: /custom app/ }));
    const [shop] = screen.getAllByLabelText('Shop address').slice(-1);
    await user.type(shop as HTMLElement, 'my-shop');
    await user.type(screen.getByLabelText('Admin API access token'), 'nonsense');
    await user.click(screen.getByRole('button', { name: 'Connect store' }));
    expect(await screen.findAllByText(/Shopify did not accept this token/)).not.toHaveLength(0);
    await user.clear(screen.getByLabelText('Admin API access token'));
    await user.type(screen.getByLabelText('Admin API access token'), 'shpat_good');
    await user.click(screen.getByRole('button', { name: 'Connect store' }));
    expect(await screen.findByRole('heading', { name: /Import of my-shop/ })).toBeVisible();
    expect(await screen.findAllByRole('progressbar')).toHaveLength(3);
  });

  it('can skip the guide, and still says what the page is for', async () => {
    network.reset({ empty: true });
    renderApp('/insights');
    await user.click(await screen.findByRole('button', { name: 'Skip all' }));
    expect(await screen.findByText('No figures yet')).toBeVisible();
  });
});

describe('orders', () => {
  it('are filtered through the address, opened, and left again', async () => {
    const { router } = renderApp('/orders');
    await screen.findByRole('grid');
    await user.click(screen.getByRole('button', { name: 'Payment' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Refunded' }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ payment: 'REFUNDED' }));
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(within(grid).queryByText('Paid')).toBeNull());
    await user.click(within(grid).getAllByRole('row')[1] as HTMLElement);
    expect(await screen.findByRole('heading', { name: /Order #\d+/ })).toBeVisible();
    expect(await screen.findByText('Total now')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Back to orders' }));
    await waitFor(() => expect(router.state.location.href).toBe('/orders?payment=REFUNDED'));
  });

  it('drop an order the list does not know from the address, as on the other lists', async () => {
    const asked: URL[] = [];
    const note = ({ request }: { request: Request }) => void asked.push(new URL(request.url));
    network.server.events.on('request:start', note);
    for (const list of ['orders', 'customers', 'products']) {
      const { router, unmount } = renderApp(`/${list}?sort=foo&hack=1`);
      const search = await screen.findByRole('searchbox', { name: `Search ${list}` });
      await screen.findByRole('grid');
      expect(screen.queryByRole('button', { name: 'Clear filters' })).toBeNull();
      expect(router.state.location.href).toBe(`/${list}`);
      await user.type(search, 'a');
      await waitFor(() => expect(router.state.location.href).toBe(`/${list}?q=a`));
      unmount();
    }
    network.server.events.removeListener('request:start', note);
    const sorts = asked.flatMap((url) => url.searchParams.getAll('sort'));
    expect(new Set(sorts)).toEqual(new Set(['-createdAt', '-spent', 'title']));
  });

  it('that a store does not have yet are not said to be hidden by filters', async () => {
    const [shop] = network.api.state.shops;
    if (shop) shop.orders = [];
    renderApp(`/orders?store=${shop?.store.id}`);
    expect(await screen.findByText('No orders yet')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Clear filters' })).toBeNull();
  });

  it('fail readably, and come back on a second try', async () => {
    network.api.faults.set('/api/orders', 503);
    renderApp('/orders');
    expect(await screen.findByText('Storekeep had a problem')).toBeVisible();
    network.api.faults.clear();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('grid')).toBeVisible();
  });
});

describe('the dashboard', () => {
  it('shows each part by itself, also when one fails', async () => {
    network.api.faults.set('/api/analytics/top-products', 500);
    renderApp('/insights');
    expect(await screen.findByRole('article', { name: 'Total sales' })).toBeVisible();
    expect(await screen.findByText(/Yesterday brought/)).toBeVisible();
    expect(await screen.findByText('Storekeep had a problem')).toBeVisible();
    expect(screen.getAllByText('Days in Europe/London').length).toBeGreaterThan(0);
  });
});

describe('a history that Shopify shortened', () => {
  it('is said above the figures, and where no order is hidden nothing is', async () => {
    renderApp('/insights').unmount();
    network.api.state.historyFrom = '2026-09-24';
    renderApp('/insights');
    expect(await screen.findByText(/Shopify shows us orders since Sep 24, 2026 only/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Stores and access' })).toBeVisible();
  });
});

describe('an address typed by hand', () => {
  it.each([
    ['/insights?range=sideways&from=2026-13-01&compare=year&currency=euro', '/insights?compare=year'],
    ['/settings/audit?action=store.connected&range=ever', '/settings/audit?action=store.connected'],
    ['/operations/jobs?state=lost', '/operations/jobs'],
    ['/orders?payment=PAID&customer=me&test=perhaps&store=mine', '/orders?payment=PAID'],
    ['/orders?from=2026-01-01', '/orders'],
    ['/orders?q=a&from=2026-01-05&to=2026-01-02', '/orders?q=a'],
    ['/insights?to=2026-01-01&range=7d', '/insights?range=7d'],
    ['/settings/audit?from=2026-01-01&range=7d', '/settings/audit?range=7d'],
    ['/settings/profile?hack=1', '/settings/profile'],
  ])('loses what no page can read: %s', async (typed, kept) => {
    const { router } = renderApp(typed);
    await waitFor(() => expect(router.state.location.href).toBe(kept));
    await waitFor(() => expect(router.state.status).toBe('idle'));
    expect(await screen.findByRole('heading', { level: 1 })).toBeVisible();
    expect(screen.queryByText(/could not be shown|had a problem/)).toBeNull();
  });
});

describe('settings', () => {
  it('disconnect a store only after its address is typed, and show the erasure', async () => {
    const { router } = renderApp('/settings/stores');
    const [first] = await screen.findAllByRole('button', { name: 'Disconnect' });
    await user.click(first as HTMLElement);
    expect(await screen.findByText(/This erases \d+ orders/)).toBeVisible();
    expect(screen.getByText(/app is removed from the shop in Shopify/)).toBeVisible();
    await user.type(screen.getByLabelText(/Type the shop/), 'demo-store.myshopify.com');
    await user.click(screen.getByRole('button', { name: 'Disconnect and erase' }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/settings\/erasures\//));
    // The dialog is gone with the page it was on: whoever goes by keys stands at the heading, not nowhere.
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).toHaveFocus());
  });

  it('tell a viewer who connects a store, without a form that could not be sent', async () => {
    network.reset({ role: 'viewer' });
    renderApp('/stores/connect');
    expect(await screen.findByText('An owner or admin connects stores')).toBeVisible();
    expect(screen.queryByLabelText('Shop address')).toBeNull();
  });

  it('tell the audit log in words: facts are no changes, and no row is blank', async () => {
    const [first, second] = network.api.state.audit;
    Object.assign(first ?? {}, { summary: 'Signed in', before: null, after: { ip: '127.0.0.1' } });
    Object.assign(second ?? {}, { action: 'store.some_new_thing', summary: ' ', before: null, after: null });
    renderApp('/settings/audit');
    const row = (await screen.findByText('Signed in')).closest('li') as HTMLElement;
    expect(within(row).getByText('Details')).toBeVisible();
    expect(within(row).queryByText(/changed/)).toBeNull();
    expect(screen.getByText('Store: some new thing')).toBeVisible();
  });

  it.each([
    ['viewer', '/operations/jobs', 'Owners and admins see the background jobs', '/api/jobs'],
    ['agent', '/settings/audit', 'Owners and admins see the audit log', '/api/audit'],
  ] as const)('tell who is %s at %s who sees it, without asking for it in vain', async (role, path, words, api) => {
    network.reset({ role });
    network.api.faults.set(api, 500);
    const asked: string[] = [];
    const note = ({ request }: { request: Request }) => void asked.push(new URL(request.url).pathname);
    network.server.events.on('request:start', note);
    renderApp(path);
    expect(await screen.findByRole('heading', { name: words })).toBeVisible();
    expect(screen.getByText(/an owner or admin can change your role/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /^(State|Action|Any date|Choose columns)$/ })).toBeNull();
    expect(screen.queryByRole('link', { name: 'Jobs' })).toBeNull();
    network.server.events.removeListener('request:start', note);
    expect(asked).not.toContain(api);
  });

  it('show a sync that waits, and do not ask for it twice', async () => {
    const { state } = network.api;
    const store = state.shops[0]?.store;
    if (store) state.runs.unshift({ ...newRun(state, store, 'DELTA', 'MANUAL'), status: 'QUEUED', startedAt: null });
    renderApp('/settings/stores');
    expect(await screen.findByText(/^Changes, asked for/)).toBeVisible();
    expect(screen.getByText('Waiting')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Sync queued' })).toHaveAttribute('aria-disabled', 'true');
    // The other store has nothing under way.
    expect(screen.getAllByRole('button', { name: 'Sync now' })).toHaveLength(1);
  });
});

it('an address that leads nowhere says so', async () => {
  renderApp('/no-such-page');
  expect(await screen.findByText('There is no such page')).toBeVisible();
});

describe('the focus, when a page is opened', () => {
  it('is on the heading where what had it is gone, and the list’s keys work from there', async () => {
    const { router } = renderApp('/orders');
    const grid = await screen.findByRole('grid');
    expect(document.body).toHaveFocus();
    await user.click(within(grid).getAllByRole('link')[0] as HTMLElement);
    expect(await screen.findByText('Timeline')).toBeVisible();
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).toHaveFocus());
    await user.click(screen.getByRole('button', { name: 'Back to orders' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/orders'));
    // Back in the list, it is on the row one left it from.
    const rows = within(await screen.findByRole('grid'));
    await waitFor(() => expect(rows.getAllByRole('row')[1]).toHaveFocus());
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(rows.getAllByRole('row')[2]).toHaveFocus());
  });

  it('is on the heading where the list is opened anew, and the list’s keys work from there', async () => {
    const { router } = renderApp('/orders');
    await user.click(within(await screen.findByRole('grid')).getAllByRole('link')[0] as HTMLElement);
    expect(await screen.findByText('Timeline')).toBeVisible();
    await act(() => router.navigate({ to: '/orders' }));
    const rows = within(await screen.findByRole('grid'));
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Orders' })).toHaveFocus());
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(rows.getAllByRole('row')[1]).toHaveFocus());
  });

  it('stays where it is as long as that is there', async () => {
    const { router } = renderApp('/orders');
    await screen.findByRole('grid');
    const link = screen.getByRole('link', { name: 'Customers' });
    await user.click(link);
    await waitFor(() => expect(router.state.location.pathname).toBe('/customers'));
    expect(await screen.findByRole('heading', { name: 'Customers' })).toBeVisible();
    expect(link).toHaveFocus();
  });
});
