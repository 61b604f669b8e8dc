/** Back to where one came from (the list with its filters), or to the list. */
import { IconArrowLeft } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useShortcut } from '~/lib/keyboard/use-shortcut';
import { IconButton } from '~/ui/icon-button';

interface BackButtonProps {
  to: '/orders' | '/customers' | '/products' | '/operations/runs';
  label: string;
}

export function BackButton({ to, label }: BackButtonProps) {
  const router = useRouter();
  const goBack = () => {
    if (router.history.canGoBack()) router.history.back();
    else void router.navigate({ to });
  };
  useShortcut({ id: 'page.back', keys: 'Escape', label, group: 'This page', run: goBack });
  return <IconButton label={label} shortcut="page.back" icon={<IconArrowLeft size={18} />} onClick={goBack} />;
}
