import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import * as download from '~/lib/download';
import { renderPart, user } from '~/test/render';
import { Chart } from './chart';
import type { ChartSeries } from './series';

it('a chart’s CSV names the currency of money, and nothing of counts', async () => {
  const save = vi.spyOn(download, 'downloadCsv').mockImplementation(() => undefined);
  const base = { color: 'chart-1', look: 'area', format: String, formatAxis: String, total: null } as const;
  const series: ChartSeries[] = [
    { ...base, id: 'now', label: 'Total sales', currency: 'GBP', values: ['12.50'] },
    { ...base, id: 'orders', label: 'Orders', values: ['3'] },
    { ...base, id: 'then', label: 'Before', values: ['2'], days: ['2026-02-01'] },
  ];
  const points = [{ day: '2026-03-01', short: '1 Mar', long: 'Sun, 1 Mar 2026' }];
  renderPart(<Chart name="sales" title="Sales" timeZone="Europe/London" points={points} series={series} />);
  await user.click(screen.getByRole('button', { name: 'Sales: more' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Export CSV' }));
  expect(save).toHaveBeenCalledWith(
    'storekeep-sales.csv',
    'Date,Total sales (GBP),Orders,Before: date,Before\r\n2026-03-01,12.50,3,2026-02-01,2\r\n',
  );
  save.mockRestore();
});
