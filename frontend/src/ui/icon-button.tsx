/** A button that is only an icon: always with a name, a tooltip, and its shortcut when it has one. */
import { ActionIcon, Tooltip, type ActionIconProps } from '@mantine/core';
import { useMemo, type ComponentPropsWithRef, type ReactNode } from 'react';
import { useShortcutList } from '~/lib/keyboard/use-shortcut';
import { Kbd } from './kbd';

interface IconButtonProps extends ActionIconProps, Omit<ComponentPropsWithRef<'button'>, keyof ActionIconProps> {
  label: string;
  icon: ReactNode;
  shortcut?: string;
  tooltipSide?: 'top' | 'right' | 'bottom' | 'left';
}

export function IconButton({ label, icon, shortcut, tooltipSide = 'bottom', ...rest }: IconButtonProps) {
  return (
    <Tooltip label={<HintedLabel label={label} shortcut={shortcut} />} position={tooltipSide}>
      <ActionIcon aria-label={label} {...rest}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** A tooltip's text with the keys that do the same, taken from the registry so the two cannot disagree. */
export function HintedLabel({ label, shortcut }: { label: string; shortcut?: string | undefined }) {
  const list = useShortcutList();
  const keys = useMemo(() => list.findLast((entry) => entry.id === shortcut)?.keys, [list, shortcut]);
  return (
    <>
      {label} {keys && <Kbd keys={keys} />}
    </>
  );
}
