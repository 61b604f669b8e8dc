/** The five figures a day is judged by. */
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ApiProblem } from '~/api/problem';
import type { Overview, Timeseries } from '~/api/types';
import { ProblemView } from '~/patterns/problem-view';
import { StaleNotice } from '~/patterns/query-view';
import { BrokenTile, Tile, TileSkeleton } from '~/patterns/tile';
import classes from './insights.module.css';
import { brokenParts, comparedWith, figureOf, HERO, nothingWords, returningShares, tileError } from './model';

interface HeroTilesProps {
  overview: UseQueryResult<Overview, ApiProblem>;
  /** The same range day by day; shares are drawn from it. */
  series: Timeseries | undefined;
  /** The range reaches into today. */
  unfinished: boolean;
}

export function HeroTiles({ overview, series, unfinished }: HeroTilesProps) {
  const retry = () => void overview.refetch();
  const { data } = overview;
  if (!data && overview.isError) {
    return (
      <div className={classes.full}>
        <ProblemView problem={overview.error} onRetry={retry} />
      </div>
    );
  }
  return (
    <>
      {data && overview.isError && (
        <div className={classes.full}>
          <StaleNotice problem={overview.error} since={overview.dataUpdatedAt} onRetry={retry} />
        </div>
      )}
      {data && data.errors.length > 0 && (
        <div className={classes.partial} role="status">
          <IconAlertTriangle size={16} aria-hidden="true" />
          <span>{brokenParts(data.errors)} could not be worked out just now. Everything shown is right.</span>
          <Button size="compact-xs" variant="subtle" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
      <div className={classes.tiles} aria-busy={overview.isFetching}>
        {data
          ? HERO.map((key) => (
              <HeroTile key={key} name={key} overview={data} onRetry={retry} {...{ series, unfinished }} />
            ))
          : HERO.map((key) => <TileSkeleton key={key} />)}
      </div>
    </>
  );
}

interface HeroTileProps extends Omit<HeroTilesProps, 'overview'> {
  name: string;
  overview: Overview;
  onRetry: () => void;
}

function HeroTile({ name, overview, series, unfinished, onRetry }: HeroTileProps) {
  const tile = overview.tiles.find((one) => one.key === name);
  if (!tile) return null;
  const figure = figureOf(tile, overview.currency);
  const compared = comparedWith(overview);
  const shape = name === 'returning_rate' && series ? returningShares(series) : tile.sparkline;
  if (figure) return <Tile figure={{ ...figure, sparkline: shape, unfinished }} compared={compared} />;
  const code = tileError(overview, name);
  if (code) return <BrokenTile label={tile.label} code={code} onRetry={onRetry} />;
  const nothing = { ...tile, value: '0' };
  const shown = figureOf(nothing, overview.currency);
  const value = <span className={classes.nothing}>{nothingWords(name)}</span>;
  return shown && <Tile figure={{ ...shown, value, change: null, sparkline: [] }} compared={compared} />;
}
