/** An e-mail address that, where it is too long for its place, breaks before its "@", then after a full stop, not inside a word. */
import { Fragment } from 'react';
import classes from './email.module.css';

export function Email({ address }: { address: string }) {
  const at = address.lastIndexOf('@');
  const sides = at > 0 ? [address.slice(0, at), address.slice(at)] : [address];
  return (
    <span>
      {sides.map((side, index) => (
        <span key={index} className={classes.side}>
          {side.split(/(?<=[.+_-])/).map((part, place) => (
            <Fragment key={place}>
              {place > 0 && <wbr />}
              {part}
            </Fragment>
          ))}
        </span>
      ))}
    </span>
  );
}
