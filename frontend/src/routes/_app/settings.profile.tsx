import { createFileRoute } from '@tanstack/react-router';
import { PasswordPanel } from '~/features/accounts/password-panel';
import { ProfilePanel } from '~/features/accounts/profile-panel';
import { SessionsPanel } from '~/features/accounts/sessions-panel';

export const Route = createFileRoute('/_app/settings/profile')({
  component: Profile,
});

function Profile() {
  return (
    <>
      <ProfilePanel />
      <PasswordPanel />
      <SessionsPanel />
    </>
  );
}
