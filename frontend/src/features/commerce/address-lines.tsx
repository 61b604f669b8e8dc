/** A postal address, line by line as it is written in its country, without its empty lines. */
import { formatAddress } from 'localized-address-format';
import type { Address } from '~/api/types';
import classes from './orders/orders.module.css';

export function AddressLines({ address }: { address: Address }) {
  return (
    <address className={classes.address}>
      {addressLines(address).map((line, index) => (
        <div key={index}>{line}</div>
      ))}
    </address>
  );
}

const present = (line: string | null): line is string => line !== null && line !== '';

// Countries with letters of their own have two orders: theirs, and one for addresses in Latin letters.
const OWN_LETTERS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Arabic}]/u;

/** The lines, the country and the telephone last. Countries order them by themselves; of an unknown one, town before postcode. */
export function addressLines(address: Address): string[] {
  const { name, company, address1, address2, city, province, provinceCode, country, countryCode, zip, phone } = address;
  const words = [address1, address2, city, province].join(' ');
  // Written as "CA", not as "California".
  const abbreviated = countryCode === 'US' || countryCode === 'CA' || countryCode === 'AU';
  const lines = formatAddress(
    {
      ...(countryCode ? { postalCountry: countryCode } : {}),
      name: name ?? '',
      organization: company ?? '',
      addressLines: [address1, address2].filter(present),
      locality: city ?? '',
      administrativeArea: (abbreviated && provinceCode) || (province ?? ''),
      postalCode: zip ?? '',
    },
    OWN_LETTERS.test(words) ? 'local' : 'latin',
  );
  return [...lines, country, phone].filter(present);
}

export function sameAddress(one: Address | null, other: Address | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
