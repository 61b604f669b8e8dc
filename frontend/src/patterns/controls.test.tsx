import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '~/api/problem';
import { useShortcut } from '~/lib/keyboard/use-shortcut';
import { renderPart, user } from '~/test/render';
import { AllowedButton } from './allowed';
import { Confirm } from './confirm';
import { Explain } from './explain';
import { FilterGroup, FilterPill, SearchBox } from './filter-bar';
import { Money } from './money';
import { ShortcutSheet } from './shortcut-sheet';
import { Tile } from './tile';

describe('SearchBox', () => {
  function Box({ onChange }: { onChange: (value: string | undefined) => void }) {
    const [value, setValue] = useState<string>();
    const change = (next: string | undefined) => {
      setValue(next);
      onChange(next);
    };
    return <SearchBox label="Search orders" value={value} onChange={change} />;
  }

  it('waits for a pause in typing', async () => {
    const onChange = vi.fn();
    renderPart(<Box onChange={onChange} />);
    await user.type(screen.getByRole('searchbox'), 'ada ');
    expect(onChange).not.toHaveBeenCalled();
    await waitFor(() => expect(onChange).toHaveBeenCalledWith('ada'));
    expect(onChange).toHaveBeenCalledOnce();
    expect(screen.getByRole('searchbox')).toHaveValue('ada ');
  });

  it('searches at once on Enter and clears on Escape', async () => {
    const onChange = vi.fn();
    renderPart(<Box onChange={onChange} />);
    await user.type(screen.getByRole('searchbox'), 'x{Enter}');
    expect(onChange).toHaveBeenLastCalledWith('x');
    await user.type(screen.getByRole('searchbox'), '{Escape}');
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });

  it('takes the / key', async () => {
    renderPart(<Box onChange={() => undefined} />);
    await user.keyboard('/');
    expect(screen.getByRole('searchbox')).toHaveFocus();
  });
});

describe('FilterPill', () => {
  it('says what is chosen and lets it go', async () => {
    const onChange = vi.fn();
    const options = [{ value: 'PAID', label: 'Paid' }];
    const view = renderPart(<FilterPill label="Payment" value={undefined} options={options} onChange={onChange} />);
    await user.click(screen.getByRole('button', { name: 'Payment' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Paid' }));
    expect(onChange).toHaveBeenCalledWith('PAID');
    view.unmount();
    renderPart(<FilterPill label="Payment" value="PAID" options={options} onChange={onChange} />);
    expect(screen.getByRole('button', { name: 'Payment: Paid' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Clear filter Payment' }));
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });
});

describe('Confirm', () => {
  const setup = (onConfirm: () => Promise<unknown>) => {
    const onClose = vi.fn();
    renderPart(
      <Confirm
        opened
        onClose={onClose}
        title="Disconnect"
        action="Disconnect and erase"
        typeToConfirm="a.myshopify.com"
        onConfirm={onConfirm}
      >
        This erases 10 orders.
      </Confirm>,
    );
    return { onClose };
  };

  it('does nothing until the name is typed exactly', async () => {
    const onConfirm = vi.fn().mockResolvedValue(undefined);
    const { onClose } = setup(onConfirm);
    const button = screen.getByRole('button', { name: 'Disconnect and erase' });
    await user.type(screen.getByRole('textbox'), 'a.myshopify');
    expect(button).toBeDisabled();
    await user.type(screen.getByRole('textbox'), '.com{Enter}');
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
    expect(onConfirm).toHaveBeenCalledOnce();
  });

  it('stays open and says why when it did not work', async () => {
    const problem = new ApiProblem({
      kind: 'server',
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      message: 'Away.',
      requestId: 'req_9',
    });
    const { onClose } = setup(vi.fn().mockRejectedValue(problem));
    await user.type(screen.getByRole('textbox'), 'a.myshopify.com{Enter}');
    expect(await screen.findByText('Away.')).toBeVisible();
    expect(screen.getByText('req_9')).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe('figures', () => {
  it('explain themselves on focus, Shopify’s difference included', async () => {
    renderPart(<Explain label="Refunds" definition="Money paid back." differs="Shopify shows returns before tax." />);
    await user.tab();
    expect(await screen.findByText('Money paid back.')).toBeVisible();
    expect(screen.getByText('Why different from Shopify?')).toBeVisible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByText('Money paid back.')).toBeNull());
  });

  it('show how they moved, in a colour and an arrow', () => {
    const figure = {
      label: 'Orders',
      value: '12',
      previous: '10',
      change: '0.2',
      sense: 'up-good',
      definition: 'd',
      differs: null,
      sparkline: [],
    } as const;
    renderPart(<Tile figure={figure} compared="1 – 9 Feb" />);
    expect(screen.getByText('+20%').closest('[data-tone]')).toHaveAttribute('data-tone', 'good');
    expect(screen.getByText('from 10')).toHaveAttribute('title', '1 – 9 Feb');
  });

  it('keep the exact amount at hand when shortened', () => {
    renderPart(<Money amount="1234567.89" currency="GBP" compact />);
    expect(screen.getByTitle('£1,234,567.89')).toBeVisible();
  });
});

describe('AllowedButton', () => {
  it('works for those who may', async () => {
    const onClick = vi.fn();
    renderPart(
      <AllowedButton permission="sync:run" onClick={onClick}>
        Sync
      </AllowedButton>,
    );
    await user.click(screen.getByRole('button', { name: 'Sync' }));
    expect(onClick).toHaveBeenCalledOnce();
  });

  it('takes a double click for one wish', async () => {
    const onClick = vi.fn();
    renderPart(
      <AllowedButton permission="sync:run" onClick={onClick}>
        Sync
      </AllowedButton>,
    );
    await user.dblClick(screen.getByRole('button', { name: 'Sync' }));
    expect(onClick).toHaveBeenCalledOnce();
    screen.getByRole('button', { name: 'Sync' }).focus();
    await user.keyboard('{Enter}');
    expect(onClick).toHaveBeenCalledTimes(2);
  });

  it('says who can grant it to those who may not, and does nothing', async () => {
    const onClick = vi.fn();
    renderPart(
      <AllowedButton permission="sync:run" onClick={onClick}>
        Sync
      </AllowedButton>,
      { role: 'viewer' },
    );
    await user.tab();
    expect(await screen.findByText(/Ask an owner or admin/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Sync' }));
    expect(onClick).not.toHaveBeenCalled();
  });
});

it('the shortcut sheet lists what is bound, from the same registry', () => {
  function Page() {
    useShortcut({ id: 'x', keys: 'g z', label: 'Go to the zoo', group: 'Go to', run: () => undefined });
    return <ShortcutSheet opened onClose={() => undefined} />;
  }
  renderPart(<Page />);
  expect(screen.getByText('Go to the zoo')).toBeVisible();
  expect(screen.getByText('Z')).toBeVisible();
});

it('filters of a narrow screen lie behind one button that says how many are on', async () => {
  const wide = window.matchMedia;
  vi.stubGlobal('matchMedia', (query: string) => ({ ...wide(query), matches: query.includes('max-width') }));
  renderPart(
    <FilterGroup active={2}>
      <button type="button">Payment</button>
    </FilterGroup>,
  );
  vi.stubGlobal('matchMedia', wide);
  const opener = screen.getByRole('button', { name: 'Filters: 2 on' });
  expect(screen.queryByRole('button', { name: 'Payment' })).toBeNull();
  await user.click(opener);
  expect(opener).toHaveAttribute('aria-expanded', 'true');
  expect(screen.getByRole('button', { name: 'Payment' })).toBeVisible();
});
