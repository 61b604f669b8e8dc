import { createFileRoute, Outlet } from '@tanstack/react-router';
import { SettingsLayout } from '~/features/accounts/settings-layout';

export const Route = createFileRoute('/_app/settings')({
  component: Settings,
});

function Settings() {
  return (
    <SettingsLayout>
      <Outlet />
    </SettingsLayout>
  );
}
