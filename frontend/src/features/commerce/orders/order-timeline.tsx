/** What happened to an order, and who did it. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import { useStores } from '~/api/stores';
import type { Order } from '~/api/types';
import { humanise } from '~/lib/format';
import { QueryView } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { Timeline } from '~/patterns/timeline';
import { Panel } from '~/ui/panel';
import { eventWords } from './model';
import { orderTimelineQuery } from './queries';

export function OrderTimeline({ order }: { order: Order }) {
  const { tenantId } = useSession();
  const scope = useStores();
  const timeline = useQuery(orderTimelineQuery(tenantId, order.id));
  return (
    <Panel title="Timeline">
      <QueryView
        query={timeline}
        skeleton={<LinesSkeleton lines={4} />}
        empty={({ items }) => items.length === 0 && <p className="sk-muted">Nothing is recorded for this order yet.</p>}
      >
        {({ items }) => (
          <Timeline
            timeZone={scope.find(order.storeId)?.timeZone ?? scope.timeZone}
            events={items.map((item) => ({
              id: item.id,
              at: item.at,
              actorKind: item.actor.kind,
              actorName: item.actor.name || humanise(item.actor.kind),
              summary: eventWords(item),
              before: item.before,
              after: item.after,
            }))}
          />
        )}
      </QueryView>
    </Panel>
  );
}
