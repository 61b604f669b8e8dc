/** Placeholders in the shape of what is coming, so that nothing moves when it does. */
import classes from './skeletons.module.css';

interface BoneProps {
  width?: number | string;
  height?: number | string;
  /** Large areas are kept faint. */
  soft?: boolean;
}

export function Bone({ width = '100%', height = 12, soft = false }: BoneProps) {
  return <span className={classes.bone} data-soft={soft || undefined} style={{ width, height }} />;
}

const WIDTHS = ['72%', '48%', '86%', '60%', '78%', '54%'];

export function LinesSkeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div className={classes.lines} aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <Bone key={index} width={WIDTHS[index % WIDTHS.length] ?? '70%'} />
      ))}
    </div>
  );
}

export function RowsSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div className={classes.rows} aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.row}>
          <Bone width="18%" />
          <Bone width={WIDTHS[index % WIDTHS.length] ?? '40%'} />
          <Bone width="12%" />
        </div>
      ))}
    </div>
  );
}

export function PanelSkeleton({ height }: { height: number | string }) {
  return <div className={classes.panel} style={{ height }} aria-hidden="true" />;
}

/** A detail page: a wide column and a narrow one. */
export function DetailSkeleton() {
  return (
    <div className={classes.detail} role="status" aria-label="Loading">
      <div className={classes.column}>
        <PanelSkeleton height={260} />
        <PanelSkeleton height={160} />
      </div>
      <div className={classes.column}>
        <PanelSkeleton height={180} />
        <PanelSkeleton height={140} />
      </div>
    </div>
  );
}
