/** The live stream (server-sent events): keeps itself connected and tells listeners what changed and whether it is up. */
import { useSyncExternalStore } from 'react';
import { SharedStream } from './live-tabs';
import { LiveVoice, type LiveEvent, type LiveStatus } from './live-voice';

const TYPES = ['sync.progress', 'sync.finished', 'store.changed', 'data.changed'];
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const OFFLINE_AFTER_MS = 15_000;
/** The server says something every fifteen seconds; a stream silent for longer than twice that is dead, whatever the browser thinks. */
const SILENCE_MS = 35_000;

export class LiveStream extends LiveVoice {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private pageOf: string | undefined;
  private failures = 0;
  private lostAt = 0;
  /** True when events may have passed that nobody will repeat. */
  private unheard = false;
  private readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }

  /** `unheard`: others listened before, and something may have been said in between. `pageOf`: whose the page is (api/client.ts). */
  start(unheard = false, pageOf?: string): void {
    if (this.current !== 'off') return;
    this.unheard = unheard;
    this.pageOf = pageOf;
    window.addEventListener('offline', this.onOffline);
    window.addEventListener('online', this.onOnline);
    this.lostAt = Date.now();
    this.setStatus('connecting');
    this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    window.removeEventListener('offline', this.onOffline);
    window.removeEventListener('online', this.onOnline);
    this.source?.close();
    this.source = null;
    this.failures = 0;
    this.unheard = false;
    this.setStatus('off');
  }

  private connect(): void {
    const source = new EventSource(
      this.pageOf ? `${this.url}?${new URLSearchParams({ pageOf: this.pageOf }).toString()}` : this.url,
    );
    this.source = source;
    this.hearWithin(source);
    source.addEventListener('beat', () => {
      this.hearWithin(source);
      this.tell({ type: 'beat', at: new Date().toISOString(), data: {} });
    });
    source.onopen = () => {
      this.hearWithin(source);
      const missed = this.unheard;
      this.failures = 0;
      this.unheard = false;
      this.setStatus('live');
      if (missed) this.tell({ type: 'data.changed', at: new Date().toISOString(), data: { missed: true } });
    };
    const receive = (message: MessageEvent<string>) => {
      this.hearWithin(source);
      this.receive(message.data);
    };
    source.onmessage = receive;
    for (const type of TYPES) source.addEventListener(type, receive);
    source.onerror = () => this.lost(source);
  }

  /** A connection that died without a word (a laptop that slept, a server that hangs) is given up after a while of silence. */
  private hearWithin(source: EventSource): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      source.close();
      this.lost(source);
    }, SILENCE_MS);
  }

  private readonly onOffline = (): void => {
    this.source?.close();
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.unheard = true;
    this.setStatus('offline');
  };

  private readonly onOnline = (): void => {
    clearTimeout(this.timer);
    this.source?.close();
    this.setStatus('retrying');
    this.connect();
  };

  private lost(source: EventSource): void {
    if (source !== this.source) return;
    if (this.failures === 0) this.lostAt = Date.now();
    this.failures += 1;
    const gone = Date.now() - this.lostAt;
    this.setStatus(gone > OFFLINE_AFTER_MS || !navigator.onLine ? 'offline' : 'retrying');
    // While the browser retries by itself it also asks for what it missed. It gives up on an error status; then we start over.
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.silence);
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
