/** What can be done with the picked rows; floats over the foot of the list while there are any. */
import { Button } from '@mantine/core';
import { IconDownload, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount } from '~/lib/format';
import { IconButton } from '~/ui/icon-button';
import classes from './data-table.module.css';

interface BulkBarProps {
  count: number;
  onExport: () => void;
  onClear: () => void;
  children?: ReactNode;
}

export function BulkBar({ count, onExport, onClear, children }: BulkBarProps) {
  return (
    <div className={classes.bulk} role="region" aria-label="Selected rows">
      <span className={classes.bulkCount}>{formatCount(count)} selected</span>
      {children}
      <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={onExport}>
        CSV
      </Button>
      <IconButton
        size="md"
        label="Clear selection"
        shortcut="list.unpick"
        icon={<IconX size={16} />}
        onClick={onClear}
        tooltipSide="top"
      />
    </div>
  );
}
