/** Who belongs to the tenant, in which role. */
import { Select } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '~/api/session';
import type { Member, Role } from '~/api/types';
import { initials } from '~/lib/format';
import { useRefusal } from '~/patterns/allowed';
import { Confirm } from '~/patterns/confirm';
import { tell, tellProblem } from '~/patterns/notice';
import { QueryView } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { IconButton } from '~/ui/icon-button';
import { Panel } from '~/ui/panel';
import { When } from '~/ui/when';
import { fixedRole, rolesToGive, ROLES } from './model';
import { useChangeRole, useRemoveMember } from './mutations';
import { membersQuery } from './queries';
import classes from './settings.module.css';

export function MembersPanel() {
  const { tenantId, session, role } = useSession();
  const members = useQuery(membersQuery(tenantId));
  const remove = useRemoveMember();
  const [leaving, setLeaving] = useState<Member | null>(null);
  return (
    <>
      <Panel title="Members" note={`People who can sign in to ${session.tenant.name}.`}>
        <QueryView query={members} skeleton={<LinesSkeleton lines={5} />} empty="never">
          {({ items }) => (
            <ul className={classes.rows}>
              {items.map((member) => (
                <MemberRow
                  key={member.id}
                  member={member}
                  fixed={fixedRole(member, items, role)}
                  onRemove={() => setLeaving(member)}
                />
              ))}
            </ul>
          )}
        </QueryView>
      </Panel>
      <Panel title="What each role may do">
        <dl className={classes.roles}>
          {Object.entries(ROLES).map(([role, { label, may }]) => (
            <div key={role}>
              <dt>{label}</dt>
              <dd>{may}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Confirm
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Remove ${leaving?.name ?? ''}`}
        action="Remove member"
        onConfirm={async () => {
          if (!leaving) return;
          await remove.mutateAsync(leaving.id);
          tell(`${leaving.name} was removed.`);
        }}
      >
        <p>
          {leaving?.name} ({leaving?.email}) is signed out at once and can no longer see {session.tenant.name}. What
          they did stays in the audit log.
        </p>
      </Confirm>
    </>
  );
}

interface MemberRowProps {
  member: Member;
  /** Why neither the role can be changed nor the member removed, whoever asks. */
  fixed: string | null;
  onRemove: () => void;
}

function MemberRow({ member, fixed, onRemove }: MemberRowProps) {
  const { session, role: own } = useSession();
  const refusal = useRefusal('member:write');
  const change = useChangeRole();
  const self = member.userId === session.user.id;
  return (
    <li className={classes.row}>
      <span className={classes.avatar} aria-hidden="true">
        {initials(member.name)}
      </span>
      <div className={classes.grow}>
        <p className={classes.main}>
          {member.name}
          {self && <span className="sk-muted"> (you)</span>}
        </p>
        <p className={classes.sub}>
          {member.email} · since <When at={member.createdAt} detail="date" />
        </p>
        {!refusal && fixed && <p className={classes.reason}>{fixed}</p>}
      </div>
      {(refusal ?? fixed) ? (
        <span title={refusal ?? undefined}>{ROLES[member.role].label}</span>
      ) : (
        <>
          <Select
            aria-label={`Role of ${member.name}`}
            className={classes.role}
            value={member.role}
            disabled={change.isPending}
            data={rolesToGive(own).map((value) => ({ value, label: ROLES[value].label }))}
            onChange={(role) =>
              role &&
              role !== member.role &&
              change.mutate(
                { memberId: member.id, role: role as Role },
                {
                  onSuccess: () => tell(`${member.name} is now ${ROLES[role as Role].label.toLowerCase()}.`),
                  onError: tellProblem,
                },
              )
            }
          />
          <IconButton
            label={`Remove ${member.name}`}
            icon={<IconUserMinus size={18} stroke={1.75} />}
            onClick={onRemove}
          />
        </>
      )}
    </li>
  );
}
