/** Where one is signed in, and ending those sessions. */
import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '~/api/session';
import type { SessionListItem } from '~/api/types';
import { Confirm } from '~/patterns/confirm';
import { tell, tellProblem } from '~/patterns/notice';
import { QueryView } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { Panel } from '~/ui/panel';
import { StateBadge } from '~/ui/state-badge';
import { Ago, When } from '~/ui/when';
import { describeDevice } from './model';
import { useEndSessions } from './mutations';
import { sessionsQuery } from './queries';
import classes from './settings.module.css';

export function SessionsPanel() {
  const { tenantId } = useSession();
  const sessions = useQuery(sessionsQuery(tenantId));
  const end = useEndSessions();
  const [asking, setAsking] = useState(false);
  const others = sessions.data?.items.filter((session) => !session.current).length ?? 0;
  return (
    <Panel
      title="Sessions"
      note="Everywhere you are signed in. A session ends by itself after 24 hours."
      actions={
        others > 0 && (
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            End all others
          </Button>
        )
      }
    >
      <QueryView query={sessions} skeleton={<LinesSkeleton lines={4} />} empty="never">
        {({ items }) => (
          <ul className={classes.rows}>
            {items.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                busy={end.isPending && end.variables === session.id}
                onEnd={() =>
                  end.mutate(session.id, { onSuccess: () => tell('The session was ended.'), onError: tellProblem })
                }
              />
            ))}
          </ul>
        )}
      </QueryView>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="End all other sessions"
        action="End other sessions"
        onConfirm={async () => {
          await end.mutateAsync('others');
          tell('All other sessions have ended.');
        }}
      >
        <p>
          {others === 1 ? 'One other device is' : `${others} other devices are`} signed out at once and must sign in
          again. This one stays signed in.
        </p>
      </Confirm>
    </Panel>
  );
}

interface SessionRowProps {
  session: SessionListItem;
  busy: boolean;
  onEnd: () => void;
}

function SessionRow({ session, busy, onEnd }: SessionRowProps) {
  const device = describeDevice(session.userAgent);
  const Icon = /iPhone|iPad|Android/.test(device) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.row}>
      <Icon size={20} stroke={1.5} aria-hidden="true" />
      <div className={classes.grow}>
        <p className={classes.main}>{device}</p>
        <p className={classes.sub}>
          {session.ip ?? 'Unknown address'} · last seen <Ago at={session.lastSeenAt} /> · ends{' '}
          <When at={session.expiresAt} />
        </p>
      </div>
      {session.current ? (
        <StateBadge tone="good" label="This session" />
      ) : (
        <Button variant="default" size="xs" loading={busy} onClick={onEnd} aria-label={`End session: ${device}`}>
          End
        </Button>
      )}
    </li>
  );
}
