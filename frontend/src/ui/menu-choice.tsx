/** One of several in a menu: announced as a choice, ticked when it is the one. */
import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface MenuChoiceProps {
  value: string;
  checked: boolean;
  icon?: ReactNode;
  onChoose: () => void;
  children: ReactNode;
}

export function MenuChoice({ value, checked, icon, onChoose, children }: MenuChoiceProps) {
  return (
    <Menu.RadioItem
      value={value}
      checked={checked}
      checkIcon={<IconCheck size={14} />}
      rightSection={icon}
      closeMenuOnClick
      onChange={onChoose}
    >
      {children}
    </Menu.RadioItem>
  );
}
