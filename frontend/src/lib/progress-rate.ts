/** How fast long work goes and when it will be done, from the counts seen so far. Pure. */

export interface Sample {
  at: number;
  count: number;
}

const WINDOW_MS = 15_000;

/** Adds a reading, keeping the last 15 seconds (and one before, to measure against). A count that fell starts anew. */
export function addSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last && next.count < last.count) return [next];
  if (last && next.count === last.count && next.at - last.at < 1000) return [...samples];
  const kept = [...samples, next];
  const first = kept.findIndex((sample) => next.at - sample.at <= WINDOW_MS);
  return kept.slice(Math.max(0, first - 1));
}

/** Items a second over the window; null until two readings lie at least half a second apart. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < 500) return null;
  return ((last.count - first.count) * 1000) / (last.at - first.at);
}

/** Milliseconds left; null when nothing moves or the end is not known. */
export function timeLeft(done: number, expected: number | null, rate: number | null): number | null {
  if (expected === null || !rate || rate <= 0) return null;
  return Math.max(0, ((expected - done) / rate) * 1000);
}
