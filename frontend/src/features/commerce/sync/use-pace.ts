/** How fast a lane goes, measured from the answers as they come; after a reload, from the run's own start. */
import { useEffect, useState } from 'react';
import type { SyncResource } from '~/api/types';
import { addSample, rateOf, timeLeft, type Sample } from '~/lib/progress-rate';

export function usePace(resource: SyncResource) {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const going = resource.status === 'RUNNING';
  const { read } = resource;
  useEffect(() => {
    if (going) setSamples((before) => addSample(before, { at: Date.now(), count: read }));
  }, [going, read]);
  // Without new answers time goes on all the same: a rate that stands still must fall.
  useEffect(() => {
    if (!going) return;
    const timer = setInterval(() => {
      setSamples((before) => {
        const last = before.at(-1);
        return last ? addSample(before, { at: Date.now(), count: last.count }) : before;
      });
    }, 2_000);
    return () => clearInterval(timer);
  }, [going]);
  const rate = going ? (rateOf(samples) ?? overallRate(resource)) : null;
  return { rate, timeLeftMs: going ? timeLeft(read, resource.expected, rate) : null };
}

function overallRate({ read, durationMs }: SyncResource): number | null {
  return durationMs && durationMs > 500 ? (read * 1000) / durationMs : null;
}
