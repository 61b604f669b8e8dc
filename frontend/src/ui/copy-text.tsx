/** An id or code in mono, with a button that copies it and says so. */
import { CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { announce } from '~/lib/announce';
import { IconButton } from './icon-button';
import classes from './copy-text.module.css';

export function CopyText({ value, label }: { value: string; label: string }) {
  return (
    <span className={classes.wrap}>
      <code className={classes.code}>{value}</code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <IconButton
            size="sm"
            label={copied ? 'Copied' : `Copy ${label}`}
            icon={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            onClick={() => {
              copy();
              announce(`Copied ${label}`);
            }}
          />
        )}
      </CopyButton>
    </span>
  );
}
