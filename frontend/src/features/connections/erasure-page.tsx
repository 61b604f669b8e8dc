/** An erasure as it goes on: which part of the product has erased how much. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import type { Erasure } from '~/api/types';
import { formatCount } from '~/lib/format';
import { QueryView } from '~/patterns/query-view';
import { PanelSkeleton } from '~/patterns/skeletons';
import { CopyText } from '~/ui/copy-text';
import { Facts } from '~/ui/facts';
import { ButtonLink } from '~/ui/links';
import { Panel } from '~/ui/panel';
import { StateBadge } from '~/ui/state-badge';
import { When } from '~/ui/when';
import classes from './connections.module.css';
import { farewellWords, roomName } from './model';
import { erasureQuery } from './queries';

export function ErasurePanel({ erasureId }: { erasureId: string }) {
  const { tenantId } = useSession();
  const erasure = useQuery(erasureQuery(tenantId, erasureId));
  return (
    <QueryView query={erasure} skeleton={<PanelSkeleton height={280} />} empty="never">
      {(data) => <ErasureView erasure={data} />}
    </QueryView>
  );
}

function ErasureView({ erasure }: { erasure: Erasure }) {
  const done = erasure.status === 'DONE';
  return (
    <Panel
      title={done ? 'Erased' : 'Erasing'}
      note={done ? 'Everything below is gone for good.' : 'This goes on by itself; you can leave this page.'}
      actions={<StateBadge tone={done ? 'good' : 'busy'} label={done ? 'Done' : 'Running'} />}
    >
      <ul className={classes.rooms} aria-live="polite">
        {erasure.rooms.map((room) => (
          <li key={room.room}>
            <span>{roomName(room.room)}</span>
            <span className="sk-num">{formatCount(room.erased)} erased</span>
            <StateBadge
              tone={room.status === 'DONE' ? 'good' : room.status === 'RUNNING' ? 'busy' : 'open'}
              label={room.status === 'DONE' ? 'Done' : room.status === 'RUNNING' ? 'Running' : 'Waiting'}
            />
          </li>
        ))}
      </ul>
      {erasure.farewells.map((farewell) => (
        <p key={farewell.storeId} className={classes.advice} role="status">
          {farewellWords(farewell)}
        </p>
      ))}
      <Facts
        facts={[
          { name: 'Asked for', value: <When at={erasure.requestedAt} detail="second" /> },
          erasure.finishedAt ? { name: 'Finished', value: <When at={erasure.finishedAt} detail="second" /> } : null,
          { name: 'Reference', value: <CopyText value={erasure.id} label="erasure reference" /> },
        ]}
      />
      <div className={classes.buttons}>
        <ButtonLink to="/settings/stores" variant="default">
          To the stores
        </ButtonLink>
      </div>
    </Panel>
  );
}
