/** Which columns to show. */
import { Menu } from '@mantine/core';
import { IconCheck, IconColumns3 } from '@tabler/icons-react';
import { IconButton } from '~/ui/icon-button';
import type { Column } from './column';

interface ColumnMenuProps<Row> {
  columns: readonly Column<Row>[];
  isShown: (column: Column<Row>) => boolean;
  onToggle: (column: Column<Row>) => void;
  /** Null while the usual columns are shown. */
  onReset: (() => void) | null;
}

export function ColumnMenu<Row>({ columns, isShown, onToggle, onReset }: ColumnMenuProps<Row>) {
  return (
    <Menu closeOnItemClick={false}>
      <Menu.Target>
        <IconButton label="Choose columns" icon={<IconColumns3 size={18} stroke={1.75} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns
          .filter((column) => !column.fixed)
          .map((column) => (
            <Menu.CheckboxItem
              key={column.id}
              checked={isShown(column)}
              checkIcon={<IconCheck size={14} />}
              onChange={() => onToggle(column)}
            >
              {column.header}
            </Menu.CheckboxItem>
          ))}
        {onReset && (
          <>
            <Menu.Divider />
            <Menu.Item closeMenuOnClick onClick={onReset}>
              Usual columns
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
