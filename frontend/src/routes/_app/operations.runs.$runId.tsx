import { createFileRoute } from '@tanstack/react-router';
import { RunPage } from '~/features/commerce/sync/run-page';

export const Route = createFileRoute('/_app/operations/runs/$runId')({
  component: Run,
});

function Run() {
  const { runId } = Route.useParams();
  return <RunPage key={runId} runId={runId} />;
}
