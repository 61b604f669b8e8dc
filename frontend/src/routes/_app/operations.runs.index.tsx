import { createFileRoute } from '@tanstack/react-router';
import { RunsPanel } from '~/features/commerce/sync/runs-panel';
import { OperationsPage } from '~/features/operations/operations-page';

export const Route = createFileRoute('/_app/operations/runs/')({
  component: Runs,
});

function Runs() {
  return (
    <OperationsPage>
      <RunsPanel />
    </OperationsPage>
  );
}
