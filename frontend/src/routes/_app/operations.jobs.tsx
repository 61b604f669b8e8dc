import { createFileRoute } from '@tanstack/react-router';
import { JobsPanel } from '~/features/operations/jobs-panel';
import { readJobSearch } from '~/features/operations/model';
import { OperationsPage } from '~/features/operations/operations-page';

export const Route = createFileRoute('/_app/operations/jobs')({
  validateSearch: readJobSearch,
  component: Jobs,
});

function Jobs() {
  const { state } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <OperationsPage>
      <JobsPanel
        search={state ? { state } : {}}
        onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
        onClear={() => void navigate({ search: ({ store }) => ({ store }), replace: true })}
      />
    </OperationsPage>
  );
}
