/** The live stream (server-sent events): keeps itself connected and tells listeners what changed and whether it is up. */
import { useSyncExternalStore } from 'react';
import { SharedStream } from './live-tabs';
import { LiveVoice, type LiveEvent, type LiveStatus } from './live-voice';

const TYPES = ['sync.progress', 'sync.finished', 'store.changed', 'data.changed'];
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const OFFLINE_AFTER_MS = 15_000;

export class LiveStream extends LiveVoice {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private lostAt = 0;
  /** True when events may have passed that nobody will repeat. */
  private unheard = false;
  private readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }

  /** `unheard`: others listened before, and something may have been said in between. */
  start(unheard = false): void {
    if (this.current !== 'off') return;
    this.unheard = unheard;
    this.lostAt = Date.now();
    this.setStatus('connecting');
    this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.failures = 0;
    this.unheard = false;
    this.setStatus('off');
  }

  private connect(): void {
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => {
      const missed = this.unheard;
      this.failures = 0;
      this.unheard = false;
      this.setStatus('live');
      if (missed) this.tell({ type: 'data.changed', at: new Date().toISOString(), data: { missed: true } });
    };
    source.onmessage = (message: MessageEvent<string>) => this.receive(message.data);
    for (const type of TYPES)
      source.addEventListener(type, (message: MessageEvent<string>) => this.receive(message.data));
    source.onerror = () => this.lost(source);
  }

  private lost(source: EventSource): void {
    if (this.failures === 0) this.lostAt = Date.now();
    this.failures += 1;
    const gone = Date.now() - this.lostAt;
    this.setStatus(gone > OFFLINE_AFTER_MS || !navigator.onLine ? 'offline' : 'retrying');
    // While the browser retries by itself it also asks for what it missed. It gives up on an error status; then we start over.
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    this.unheard = true;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait * (0.7 + Math.random() * 0.6));
  }

  private receive(text: string): void {
    const event = readEvent(text);
    if (event) this.tell(event);
  }
}

/** Null for what is not one of our events (a proxy's noise, a version ahead of us). */
export function readEvent(text: string): LiveEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string')
      return null;
    const { type, at, data } = value as { type: string; at?: unknown; data?: unknown };
    return {
      type,
      at: typeof at === 'string' ? at : new Date().toISOString(),
      data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {},
    };
  } catch {
    return null;
  }
}

export const live = new SharedStream(new LiveStream('/api/live'));

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(live.watch, live.status, live.status);
}

/** How often to ask when the stream does not tell: false while it is live. */
export function pollUnlessLive(milliseconds: number): () => number | false {
  return () => (live.status() === 'live' ? false : milliseconds);
}
