/** Figures one under the other: the sum that makes total sales, or plain counts. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ApiProblem } from '~/api/problem';
import type { Overview } from '~/api/types';
import { Explain } from '~/patterns/explain';
import { LinesSkeleton } from '~/patterns/skeletons';
import { Change } from '~/patterns/tile';
import { Panel } from '~/ui/panel';
import classes from './insights.module.css';
import { figureOf, nothingWords, tileError } from './model';

interface FigureListProps {
  title: string;
  keys: readonly string[];
  overview: UseQueryResult<Overview, ApiProblem>;
  /** The last line is the sum of those above. */
  last?: boolean;
}

export function FigureList({ title, keys, overview, last = false }: FigureListProps) {
  const { data } = overview;
  return (
    <Panel title={title}>
      {!data && !overview.isError && <LinesSkeleton lines={keys.length * 2} />}
      {!data && overview.isError && <p className="sk-muted">Not available; see above.</p>}
      {data && (
        <dl className={classes.figures}>
          {keys.map((key, index) => (
            <FigureLine key={key} name={key} overview={data} strong={last && index === keys.length - 1} />
          ))}
        </dl>
      )}
    </Panel>
  );
}

function FigureLine({ name, overview, strong }: { name: string; overview: Overview; strong: boolean }) {
  const tile = overview.tiles.find((one) => one.key === name);
  if (!tile) return null;
  const figure = figureOf(tile, overview.currency);
  const missing = tileError(overview, name);
  return (
    <div className={classes.figure} data-strong={strong || undefined}>
      <dt className={classes.figureName}>
        {tile.label}
        <Explain label={tile.label} definition={tile.definition} differs={tile.differsFromShopify} />
      </dt>
      <dd className={classes.figureChange}>
        {figure && <Change change={figure.change} changeIn={figure.changeIn} sense={figure.sense} />}
      </dd>
      <dd className={classes.figureValue}>
        {figure?.value ?? (missing ? <code>{missing}</code> : nothingWords(name))}
      </dd>
    </div>
  );
}
