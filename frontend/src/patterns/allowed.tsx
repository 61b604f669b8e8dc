/** Buttons that need a permission: without it they stay visible, do nothing, and say who can change that. */
import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithRef } from 'react';
import { useSession } from '~/api/session';
import { announce } from '~/lib/announce';

interface AllowedButtonProps extends ButtonProps, Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps> {
  permission: string;
  /** Why it cannot be done just now, apart from permission. */
  blocked?: string | null;
}

export function useRefusal(permission: string): string | null {
  const { can, role, session } = useSession();
  if (can(permission)) return null;
  return `Your role in ${session.tenant.name} (${role}) does not allow this. Ask an owner or admin.`;
}

export function AllowedButton({ permission, blocked, onClick, ...rest }: AllowedButtonProps) {
  const refusal = useRefusal(permission);
  const reason = refusal ?? blocked ?? null;
  if (!reason) {
    // The second half of a double click is no second wish, and comes before the first is seen to be under way.
    return <Button onClick={(event) => event.detail < 2 && onClick?.(event)} {...rest} />;
  }
  return (
    <Tooltip label={reason} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Button {...rest} data-disabled aria-disabled onClick={() => announce(reason)} />
    </Tooltip>
  );
}
