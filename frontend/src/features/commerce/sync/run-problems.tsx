/** What went wrong in a run: as a whole, and record by record. */
import type { SyncRun } from '~/api/types';
import { Panel } from '~/ui/panel';
import { RESOURCE_NAMES } from './model';
import classes from './sync.module.css';

export function RunProblems({ run }: { run: SyncRun }) {
  const errors = run.resources.flatMap((resource) =>
    resource.errors.map((error) => ({ ...error, resource: RESOURCE_NAMES[resource.resource] })),
  );
  if (!run.error && errors.length === 0) return null;
  return (
    <Panel title="Problems">
      {run.error && (
        <p className={classes.problem} role="alert">
          {run.error.message} <code>{run.error.code}</code>
        </p>
      )}
      <ul className={classes.problems}>
        {errors.map((error, index) => (
          <li key={index}>
            <span className={classes.problemOf}>
              {error.resource}
              {error.externalId && ` ${error.externalId}`}
            </span>
            <span>{error.message}</span>
            <code>{error.code}</code>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
