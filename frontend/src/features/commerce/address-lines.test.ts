import { describe, expect, it } from 'vitest';
import type { Address } from '~/api/types';
import { addressLines } from './address-lines';

const NOTHING: Address = {
  name: null,
  company: null,
  address1: null,
  address2: null,
  city: null,
  province: null,
  provinceCode: null,
  country: null,
  countryCode: null,
  zip: null,
  phone: null,
};

describe('an address', () => {
  it.each<[string, Partial<Address>, string[]]>([
    [
      'British',
      {
        name: 'Isla King',
        address1: '1 The Lane',
        city: 'Brighton',
        province: 'England',
        country: 'United Kingdom',
        countryCode: 'GB',
        zip: 'BN6 3KH',
      },
      ['Isla King', '1 The Lane', 'Brighton', 'BN6 3KH', 'United Kingdom'],
    ],
    [
      'German',
      {
        company: 'Söhne GmbH',
        address1: 'Weg 2',
        address2: 'Hof',
        city: 'Berlin',
        country: 'Germany',
        countryCode: 'DE',
        zip: '10115',
      },
      ['Söhne GmbH', 'Weg 2', 'Hof', '10115 Berlin', 'Germany'],
    ],
    [
      'American',
      {
        address1: '548 Market St',
        city: 'San Francisco',
        province: 'California',
        provinceCode: 'CA',
        country: 'United States',
        countryCode: 'US',
        zip: '94016',
        phone: '+1 555',
      },
      ['548 Market St', 'San Francisco, CA 94016', 'United States', '+1 555'],
    ],
    [
      'of a country nobody knows',
      { address1: 'Here 1', city: 'Town', country: 'Nowhere', countryCode: 'ZZ' },
      ['Here 1', 'Town', 'Nowhere'],
    ],
    ['without a country', { address1: 'Here 1', city: 'Town' }, ['Here 1', 'Town']],
    ['that is empty', { address1: '' }, []],
  ])('%s is written as there', (_, parts, lines) => {
    expect(addressLines({ ...NOTHING, ...parts })).toEqual(lines);
  });

  it('keeps the order of its own letters', () => {
    const tokyo = {
      name: '山田太郎',
      address1: '千代田1-1',
      city: '千代田区',
      province: '東京都',
      countryCode: 'JP',
      zip: '100-0001',
    };
    const lines = addressLines({ ...NOTHING, ...tokyo });
    expect([lines[0], lines.at(-1)]).toEqual(['〒100-0001', '山田太郎']);
  });
});
