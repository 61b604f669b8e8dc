import { createFileRoute } from '@tanstack/react-router';
import { TenantPanels } from '~/features/accounts/tenant-panel';

export const Route = createFileRoute('/_app/settings/tenant')({
  component: Tenant,
});

function Tenant() {
  const navigate = Route.useNavigate();
  return (
    <TenantPanels
      onDeleted={(erasure) =>
        void navigate({ to: '/sign-in', search: { notice: 'deleted', erasure: erasure ?? undefined }, replace: true })
      }
    />
  );
}
