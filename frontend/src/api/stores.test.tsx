import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
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
