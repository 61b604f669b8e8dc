/** A postal address, line by line, without its empty lines. */
import type { Address } from '~/api/types';
import classes from './orders/orders.module.css';

export function AddressLines({ address }: { address: Address }) {
  const place = [address.zip, address.city].filter(Boolean).join(' ');
  const lines = [
    address.name,
    address.company,
    address.address1,
    address.address2,
    place,
    address.province,
    address.country,
    address.phone,
  ];
  return (
    <address className={classes.address}>
      {lines.filter(Boolean).map((line, index) => (
        <div key={index}>{line}</div>
      ))}
    </address>
  );
}

export function sameAddress(one: Address | null, other: Address | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
