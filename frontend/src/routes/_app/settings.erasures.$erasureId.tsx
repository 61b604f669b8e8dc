import { createFileRoute } from '@tanstack/react-router';
import { ErasurePanel } from '~/features/connections/erasure-page';

export const Route = createFileRoute('/_app/settings/erasures/$erasureId')({
  component: Erasure,
});

function Erasure() {
  const { erasureId } = Route.useParams();
  return <ErasurePanel erasureId={erasureId} />;
}
