/** Router links in the clothes of buttons and text. */
import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

interface ButtonAnchorProps
  extends Omit<ButtonProps, 'vars'>, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> {
  ref?: Ref<HTMLAnchorElement>;
}

function ButtonAnchor(props: ButtonAnchorProps) {
  return <Button component="a" {...props} />;
}

export const ButtonLink = createLink(ButtonAnchor);

interface TextAnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  ref?: Ref<HTMLAnchorElement>;
}

function TextAnchor({ className, ...props }: TextAnchorProps) {
  return <a className={['sk-link', className].filter(Boolean).join(' ')} {...props} />;
}

export const TextLink = createLink(TextAnchor);
