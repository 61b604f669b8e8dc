import { createFileRoute } from '@tanstack/react-router';
import { MembersPanel } from '~/features/accounts/members-panel';

export const Route = createFileRoute('/_app/settings/members')({
  component: MembersPanel,
});
