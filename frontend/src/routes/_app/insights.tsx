import { createFileRoute } from '@tanstack/react-router';
import { SetupGuide } from '~/features/connections/setup-guide';
import { InsightsPage } from '~/features/insights/insights-page';
import { readInsightSearch } from '~/features/insights/model';
import { preloadChart } from '~/patterns/chart/chart';

export const Route = createFileRoute('/_app/insights')({
  validateSearch: readInsightSearch,
  loader: preloadChart,
  component: Insights,
});

function Insights() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <InsightsPage
      search={search}
      guide={<SetupGuide />}
      onSearch={(change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })}
    />
  );
}
