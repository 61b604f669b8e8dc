import { createFileRoute } from '@tanstack/react-router';
import { PeriodsPanel } from '~/features/insights/changes-panel';
import { ImportPage } from '~/features/commerce/sync/import-page';

export const Route = createFileRoute('/_app/stores/$storeId/import')({
  component: Import,
});

function Import() {
  const { storeId } = Route.useParams();
  return (
    <ImportPage
      key={storeId}
      storeId={storeId}
      figures={(going) => <PeriodsPanel scope={{ storeId }} growing={going} />}
    />
  );
}
