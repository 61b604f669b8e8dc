import { render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ownTimeZone } from '~/lib/dates';
import { StoresProvider, useStores } from './stores';
import type { Store } from './types';

const store = (id: string, timeZone: string) => ({ id, name: id, timeZone }) as Store;

function Zones() {
  const { timeZone, mixedZones, listZone } = useStores();
  return <p>{[mixedZones ? 'mixed' : 'one', timeZone, listZone('a'), listZone('b')].join(' ')}</p>;
}

function zones(stores: Store[], storeId?: string): string {
  const { container, unmount } = render(
    <StoresProvider stores={stores} storeId={storeId}>
      <Zones />
    </StoresProvider>,
  );
  const said = container.textContent;
  unmount();
  return said;
}

describe('the zone times are told in', () => {
  const tokyo = store('a', 'Asia/Tokyo');
  const lima = store('b', 'America/Lima');

  it('is the stores’ own where they share one, or one is chosen', () => {
    expect(zones([tokyo, store('b', 'Asia/Tokyo')])).toBe('one Asia/Tokyo Asia/Tokyo Asia/Tokyo');
    expect(zones([tokyo, lima], 'b')).toBe('one America/Lima Asia/Tokyo America/Lima');
  });

  it('is the reader’s for all of them where they differ, so that rows can be compared', () => {
    const own = ownTimeZone();
    expect(zones([tokyo, lima])).toBe(`mixed ${own} ${own} ${own}`);
  });
});

describe('the day it is', () => {
  afterEach(() => void vi.useRealTimers());

  function Today() {
    return <p>{useStores().today()}</p>;
  }

  const days = (stores: Store[]) => {
    const shown = render(
      <StoresProvider stores={stores} storeId={undefined}>
        <Today />
      </StoresProvider>,
    );
    const said = shown.container.textContent;
    shown.unmount();
    return said;
  };

  it('is the stores’ own, and where they differ the latest, wherever the reader is', () => {
    vi.useFakeTimers({ now: new Date('2026-06-01T05:00:00Z'), toFake: ['Date'] });
    const [ahead, behind] = [store('a', 'Pacific/Kiritimati'), store('b', 'Pacific/Pago_Pago')];
    expect(days([behind])).toBe('2026-05-31');
    expect(days([store('c', 'Pacific/Midway'), behind])).toBe('2026-05-31');
    expect(days([behind, ahead])).toBe('2026-06-01');
    expect(days([])).toBe('2026-06-01');
  });
});
