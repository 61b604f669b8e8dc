/** Says what figures lack where Shopify shows us the newest orders only. */
import { IconHourglassLow } from '@tabler/icons-react';
import { setApart } from '~/lib/bidi';
import { formatDay } from '~/lib/dates';
import { TextLink } from '~/ui/links';
import classes from './insights.module.css';

export function ShortHistory({ from }: { from: string | null }) {
  if (from === null) return null;
  return (
    <div className={classes.partial} role="note">
      <IconHourglassLow size={16} aria-hidden="true" />
      <span>
        Shopify shows us orders since {setApart(formatDay(from))} only. Who ordered only before counts as a new
        customer, refunds of older orders are missing, and growth is told once there is a month to compare with.{' '}
        <TextLink to="/settings/stores">Stores and access</TextLink>
      </span>
    </div>
  );
}
