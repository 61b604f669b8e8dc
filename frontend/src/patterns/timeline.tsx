/** Who did what, when, to what effect: grouped by day, newest first, with before and after where something changed. */
import { IconServerCog, IconShoppingBag, IconUser } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { dayIn, formatDay, formatInstant } from '~/lib/dates';
import { plural } from '~/lib/format';
import { groupBy } from '~/lib/group';
import { changedFields, showValue } from './change-fields';
import classes from './timeline.module.css';

export interface TimelineEvent {
  id: string;
  at: string;
  actorKind: string;
  actorName: string;
  /** Never blank: who has no words for it gives the action's own. */
  summary: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  aside?: ReactNode;
}

interface TimelineProps {
  events: readonly TimelineEvent[];
  timeZone: string;
}

const ACTORS: Record<string, typeof IconUser> = {
  member: IconUser,
  shopify: IconShoppingBag,
};

export function Timeline({ events, timeZone }: TimelineProps) {
  const days = groupBy(events, (event) => dayIn(timeZone, new Date(event.at)));
  return (
    <div className={classes.timeline}>
      {[...days].map(([day, entries]) => (
        <section key={day} aria-label={formatDay(day)}>
          <h3 className={classes.day}>
            <bdi>{formatDay(day, { weekday: true })}</bdi>
          </h3>
          <ol className={classes.list}>
            {entries.map((event) => (
              <Entry key={event.id} event={event} timeZone={timeZone} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Entry({ event, timeZone }: { event: TimelineEvent; timeZone: string }) {
  const Icon = ACTORS[event.actorKind.toLowerCase()] ?? IconServerCog;
  const changed = event.before !== null;
  const changes = changedFields(event.before, event.after);
  return (
    <li className={classes.entry}>
      <span className={classes.icon}>
        <Icon size={15} stroke={1.75} aria-hidden="true" />
      </span>
      <div className={classes.body}>
        <p className={classes.line}>
          <span className={classes.summary}>{event.summary}</span>
          <span className={classes.meta}>
            <bdi>{event.actorName}</bdi> ·{' '}
            <time dateTime={event.at} title={formatInstant(event.at, timeZone, 'second')}>
              <bdi>{formatInstant(event.at, timeZone, 'time')}</bdi>
            </time>
          </span>
        </p>
        {(changes.length > 0 || event.aside) && (
          <details className={classes.changes}>
            <summary className="sk-touch">
              {changed && changes.length > 0 ? plural(changes.length, 'field changed', 'fields changed') : 'Details'}
            </summary>
            <dl>
              {changes.map((change) => (
                <div key={change.field}>
                  <dt>{change.field}</dt>
                  <dd>
                    {changed && event.after !== null ? (
                      <>
                        <del>{showValue(change.before)}</del> <ins>{showValue(change.after)}</ins>
                      </>
                    ) : (
                      showValue(change.after ?? change.before)
                    )}
                  </dd>
                </div>
              ))}
            </dl>
            {event.aside}
          </details>
        )}
      </div>
    </li>
  );
}
