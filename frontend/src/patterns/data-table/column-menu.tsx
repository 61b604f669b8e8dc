/** Which columns to show. */
import { Checkbox, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { IconButton } from '~/ui/icon-button';
import type { Column } from './column';

interface ColumnMenuProps<Row> {
  columns: readonly Column<Row>[];
  isShown: (column: Column<Row>) => boolean;
  onToggle: (column: Column<Row>) => void;
  onReset: () => void;
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
            <Menu.Item
              key={column.id}
              role="menuitemcheckbox"
              aria-checked={isShown(column)}
              onClick={() => onToggle(column)}
              leftSection={<Checkbox.Indicator size="xs" checked={isShown(column)} />}
            >
              {column.header}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item onClick={onReset}>Usual columns</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
