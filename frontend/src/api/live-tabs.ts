/**
 * One live stream for all tabs of a browser: over HTTP/1.1 it allows six connections to a site, and a stream keeps one for good.
 * The tab that holds the lock listens and passes on what it hears; when it goes, the next one takes over.
 */
import type { LiveStream } from './live';
import { LiveVoice, type LiveEvent, type LiveStatus } from './live-voice';

type Word = { kind: 'event'; event: LiveEvent } | { kind: 'status'; status: LiveStatus } | { kind: 'who' };

/** A tab the browser has put to sleep keeps its lock and says nothing. */
const SILENT_MS = 2000;
/** Who leads says something at each beat of the stream; after a silence of more than two it is asked whether it is still there. */
const BEATLESS_MS = 40_000;

export class SharedStream extends LiveVoice {
  private readonly own: LiveStream;
  private group = '';
  private leads = false;
  /** Another tab has led: what was said while the lead passed on reached nobody here. */
  private followed = false;
  private channel: BroadcastChannel | null = null;
  private waiting: AbortController | null = null;
  private letGo: (() => void) | null = null;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(own: LiveStream) {
    super();
    this.own = own;
    own.listen((event) => this.pass(event));
    own.watch(() => this.leads && this.say(own.status()));
  }

  /** Follows the news of `group` (`user id/tenant id`): its tabs share one stream. Does nothing when it does already. */
  start(group: string): void {
    if (this.current !== 'off') return;
    this.group = group;
    this.setStatus('connecting');
    const { locks } = navigator as { locks?: LockManager | null }; // absent where a page is not served securely
    if (!locks || typeof BroadcastChannel === 'undefined') {
      this.lead();
      return;
    }
    const name = `storekeep.live.${group}`;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }: MessageEvent<Word>) => this.hear(data);
    document.addEventListener('visibilitychange', this.onVisible);
    this.queue(name);
    this.ask();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.onVisible);
    clearTimeout(this.silence);
    this.waiting?.abort();
    this.waiting = null;
    this.giveUp();
    this.channel?.close();
    this.channel = null;
    this.followed = false;
    this.setStatus('off');
  }

  /** Waits for the lead, or takes it from a tab that sleeps. */
  private queue(name: string, steal = false): void {
    this.waiting?.abort();
    const waiting = new AbortController();
    this.waiting = waiting;
    const held = () =>
      new Promise<void>((resolve) => {
        if (this.waiting !== waiting) {
          resolve();
          return;
        }
        this.letGo = resolve;
        this.lead();
      });
    const options = steal ? { steal } : { signal: waiting.signal };
    navigator.locks.request(name, options, held).catch(() => {
      // Called off by us, or taken by a tab that found us asleep: then we follow, and wait our turn again.
      if (this.waiting !== waiting || waiting.signal.aborted) return;
      this.giveUp();
      this.queue(name);
      this.ask();
    });
  }

  private lead(): void {
    clearTimeout(this.silence);
    this.leads = true;
    this.own.start(this.followed, this.group);
    this.say(this.own.status());
  }

  private giveUp(): void {
    this.leads = false;
    this.own.stop();
    this.letGo?.();
    this.letGo = null;
  }

  private hear(word: Word): void {
    if (this.leads) {
      if (word.kind === 'who') this.say(this.own.status());
      return;
    }
    if (word.kind === 'who') return;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.ask(), BEATLESS_MS);
    this.followed = true;
    if (word.kind === 'event') this.tell(word.event);
    else this.setStatus(word.status);
  }

  /** Asks whether somebody leads; nobody answers where there is but a lock held asleep. */
  private ask(): void {
    const { channel } = this;
    if (!channel || this.leads || document.visibilityState !== 'visible') return;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.followed = true;
      if (!this.leads) this.queue(channel.name, true);
    }, SILENT_MS);
    channel.postMessage({ kind: 'who' } satisfies Word);
  }

  private readonly onVisible = (): void => this.ask();

  private pass(event: LiveEvent): void {
    if (!this.leads) return;
    if (event.type === 'beat') {
      this.say(this.own.status());
      return;
    }
    this.channel?.postMessage({ kind: 'event', event } satisfies Word);
    this.tell(event);
  }

  private say(status: LiveStatus): void {
    if (status === 'off') return;
    this.channel?.postMessage({ kind: 'status', status } satisfies Word);
    this.setStatus(status);
  }
}
