import { createFileRoute } from '@tanstack/react-router';
import { AuditPanel } from '~/features/audit/audit-panel';
import { readAuditSearch } from '~/features/audit/model';

export const Route = createFileRoute('/_app/settings/audit')({
  validateSearch: readAuditSearch,
  component: Audit,
});

function Audit() {
  const { store: _store, ...search } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <AuditPanel
      search={search}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
      onClear={() => void navigate({ search: ({ store }) => ({ store }), replace: true })}
    />
  );
}
