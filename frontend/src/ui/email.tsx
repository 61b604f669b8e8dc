/** An e-mail address that, where it is too long for its place, breaks before its "@" or after a full stop, not inside a word. */
import { Fragment } from 'react';

export function Email({ address }: { address: string }) {
  const parts = address.split(/(?=@)|(?<=[.+_-])/);
  return (
    <span>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
