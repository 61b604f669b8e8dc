/** Key caps, drawn from a shortcut's keys. */
import { keyCaps } from '~/lib/keyboard/registry';
import classes from './kbd.module.css';

export function Kbd({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {keyCaps(keys).map((cap, index) => (
        <kbd className={classes.cap} key={`${index}${cap}`}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
