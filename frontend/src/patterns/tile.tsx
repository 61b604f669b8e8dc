/** One figure: value, change against the period before, shape, what it means, and why Shopify may show another. */
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import { setApart } from '~/lib/bidi';
import { signOf } from '~/lib/decimal';
import { formatChange, formatPoints } from '~/lib/format';
import { Sparkline } from '~/ui/sparkline';
import { Explain } from './explain';
import { Bone } from './skeletons';
import classes from './tile.module.css';

export interface TileFigure {
  label: string;
  value: ReactNode;
  /** The other period's value, already formatted. */
  previous: string | null;
  /** Fraction by which it moved ("0.12"), or null where no comparison makes sense. */
  change: string | null;
  /** A share moves by points, not by a share of itself; `change` is then the difference of the two fractions. */
  changeIn?: 'percent' | 'points';
  /** Whether up is good (sales), bad (returns) or neither (taxes). */
  sense: 'up-good' | 'up-bad' | 'neutral';
  definition: string;
  differs: string | null;
  /** Null where there is nothing to draw, as an average of no orders. */
  sparkline: readonly (string | null)[];
  /** The last step of the sparkline is still under way. */
  unfinished?: boolean;
}

interface TileProps {
  figure: TileFigure;
  compared: string | null;
}

export function Tile({ figure, compared }: TileProps) {
  const { label, value, sparkline, definition, differs } = figure;
  return (
    <article className={classes.tile} aria-label={label}>
      <header className={classes.head}>
        <h2 className={classes.label}>{label}</h2>
        <Explain label={label} definition={definition} differs={differs} />
      </header>
      <p className={classes.value} style={lengthOf(value)}>
        <bdi>{value}</bdi>
      </p>
      <p className={classes.change}>
        <Change change={figure.change} changeIn={figure.changeIn} sense={figure.sense} />
        {figure.previous !== null && compared && (
          <span className={classes.previous} title={compared}>
            from {setApart(figure.previous)}
          </span>
        )}
      </p>
      <div className={classes.spark}>
        <Sparkline values={sparkline} unfinished={figure.unfinished} />
      </div>
    </article>
  );
}

/** For the style sheet, which makes a long figure smaller. */
function lengthOf(value: ReactNode): CSSProperties | undefined {
  if (typeof value !== 'string') return undefined;
  return { '--figure-length': value.length } as CSSProperties;
}

const TONES = { 'up-good': ['bad', 'good'], 'up-bad': ['good', 'bad'], neutral: ['neutral', 'neutral'] } as const;

/** How much a figure moved: an arrow and a signed percentage (points for a share), coloured by whether that is good. */
export function Change({ change, changeIn, sense }: Pick<TileFigure, 'change' | 'changeIn' | 'sense'>) {
  if (change === null) return null;
  const sign = signOf(change);
  const tone = sign === 0 ? 'neutral' : TONES[sense][sign > 0 ? 1 : 0];
  const Arrow = sign === 0 ? IconArrowRight : sign > 0 ? IconArrowUpRight : IconArrowDownRight;
  return (
    <span className={classes.delta} data-tone={tone}>
      <Arrow size={14} stroke={2} aria-hidden="true" />
      {changeIn === 'points' ? formatPoints(change) : formatChange(change)}
    </span>
  );
}

export function TileSkeleton() {
  return (
    <div className={classes.tile} aria-hidden="true">
      <Bone width="46%" height={12} />
      <div className={classes.value}>
        <Bone width="62%" height={24} />
      </div>
      <p className={classes.change}>
        <Bone width="40%" height={12} />
      </p>
      <div className={classes.spark} />
    </div>
  );
}

/** A figure that could not be worked out; the rest of the page stands. */
export function BrokenTile({ label, code, onRetry }: { label: string; code: string; onRetry: () => void }) {
  return (
    <article className={classes.tile} aria-label={label}>
      <h2 className={classes.label}>{label}</h2>
      <p className={classes.broken}>Not available just now.</p>
      <p className={classes.change}>
        <code>{code}</code>
      </p>
      <button type="button" className={classes.retry} onClick={onRetry}>
        Try again
      </button>
    </article>
  );
}
