/** The right end of the top bar: search and the live state. */
import { IconSearch } from '@tabler/icons-react';
import { IconButton } from '~/ui/icon-button';
import { Kbd } from '~/ui/kbd';
import classes from './frame.module.css';
import { LiveIndicator } from './live-indicator';

export function Corner({ onSearch, narrow }: { onSearch: () => void; narrow: boolean }) {
  return (
    <div className={classes.corner}>
      <LiveIndicator />
      {narrow ? (
        <IconButton label="Find anything" size="xl" icon={<IconSearch size={20} stroke={1.75} />} onClick={onSearch} />
      ) : (
        <button type="button" className={classes.search} onClick={onSearch}>
          <IconSearch size={16} stroke={1.75} aria-hidden="true" />
          Find anything
          <Kbd keys="mod+k" />
        </button>
      )}
    </div>
  );
}
