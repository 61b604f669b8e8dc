import { screen } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as download from '~/lib/download';
import { FakeNetwork, renderApp, user } from '~/test/render';

const network = new FakeNetwork();
const OWN_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/;

beforeAll(() => network.server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  vi.restoreAllMocks();
  network.reset();
});
afterAll(() => network.server.close());

/** The file a list hands over, as rows of cells; none of them holds a quote. */
async function exported(list: string): Promise<string[][]> {
  const save = vi.spyOn(download, 'downloadCsv').mockImplementation(() => undefined);
  renderApp(`/${list}`);
  await user.click(await screen.findByRole('button', { name: /^Export the .* as CSV$/ }));
  const csv = save.mock.lastCall?.[1] ?? '';
  return csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.match(/(?<=^|,)("[^"]*"|[^,"]*)/g) ?? [])
    .map((cells) => cells.map((cell) => cell.replaceAll('"', '')));
}

describe('a list’s export', () => {
  it.each([
    ['orders', 'Total'],
    ['customers', 'Ordered for'],
    ['products', 'Price'],
  ])('says of %s which currency their money is in, though no column on the page does', async (list, money) => {
    const [head = [], ...rows] = await exported(list);
    const at = head.findIndex((name) => name === money);
    expect(head.filter((name) => name === 'Currency')).toHaveLength(1);
    expect(head[at + 1]).toBe('Currency');
    expect(screen.queryByRole('columnheader', { name: 'Currency' })).toBeNull();
    expect(new Set(rows.map((row) => row[at + 1]))).toEqual(new Set(['GBP', 'JPY']));
  });

  it.each([
    ['orders', /^Placed/],
    ['customers', /^(Last order|Since) /],
    ['products', /^Changed /],
    ['operations/jobs', /^(Due|Changed)$/],
  ])('tells the times of %s on the reader’s clock where the stores keep different time', async (list, names) => {
    const [head = [], ...rows] = await exported(list);
    const columns = head.flatMap((name, at) => (names.test(name) ? [at] : []));
    const times = rows.flatMap((row) => columns.map((at) => row[at])).filter(Boolean);
    expect(times.length).toBeGreaterThan(0);
    for (const time of times) expect(time).toMatch(OWN_TIME);
  });

  it('names the zone of its times, which is the one the page shows', async () => {
    const tokyo = network.api.state.shops.find(({ store }) => store.timeZone === 'Asia/Tokyo');
    const [head = [], ...rows] = await exported(`orders?store=${tokyo?.store.id}`);
    const at = head.indexOf('Placed (Asia/Tokyo)');
    expect(at).toBeGreaterThan(0);
    for (const row of rows) expect(row[at]).toMatch(/\+09:00$/);
  });

  it('says Guest where the page does', async () => {
    for (const { orders } of network.api.state.shops) for (const order of orders) order.customer = null;
    const [head = [], ...rows] = await exported('orders');
    const at = head.indexOf('Customer');
    expect(new Set(rows.map((row) => row[at]))).toEqual(new Set(['Guest']));
  });
});
