/** Light, dark, or as the system has it. */
import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { IconButton } from '~/ui/icon-button';
import { MenuChoice } from '~/ui/menu-choice';

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

export function useScheme(): [MantineColorScheme, (scheme: MantineColorScheme) => void] {
  // Switching transitions off for a moment would write a <style>, which the security policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return [colorScheme, setColorScheme];
}

export function ThemeMenu() {
  const [scheme] = useScheme();
  const Icon = SCHEMES.find((one) => one.value === scheme)?.icon ?? IconSun;
  return (
    <Menu position="right-end">
      <Menu.Target>
        <IconButton label="Appearance" tooltipSide="right" icon={<Icon size={19} stroke={1.75} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <SchemeItems />
      </Menu.Dropdown>
    </Menu>
  );
}

export function SchemeItems() {
  const [scheme, setScheme] = useScheme();
  return (
    <>
      <Menu.Label>Appearance</Menu.Label>
      {SCHEMES.map(({ value, label, icon: Icon }) => (
        <MenuChoice
          key={value}
          value={value}
          checked={scheme === value}
          icon={<Icon size={16} stroke={1.75} />}
          onChoose={() => setScheme(value)}
        >
          {label}
        </MenuChoice>
      ))}
    </>
  );
}
