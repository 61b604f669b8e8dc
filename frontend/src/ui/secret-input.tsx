/** A field for what nobody should read over one's shoulder, with a way to see it oneself. */
import { PasswordInput, type PasswordInputProps } from '@mantine/core';

export function SecretInput(props: PasswordInputProps) {
  return (
    <PasswordInput
      // The library marks the field for the eye only.
      aria-invalid={props.error ? true : undefined}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide what is typed' }}
      {...props}
    />
  );
}
