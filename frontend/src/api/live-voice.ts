/** What whoever tells live news has: a status that can be watched, and listeners. */

export interface LiveEvent {
  type: string;
  at: string;
  data: Record<string, unknown>;
}

/** off: nobody is signed in · connecting: for the first time · live: events arrive · retrying: lost, trying again · offline: lost for a while, or no network. */
export type LiveStatus = 'off' | 'connecting' | 'live' | 'retrying' | 'offline';

export class LiveVoice {
  protected current: LiveStatus = 'off';
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<(event: LiveEvent) => void>();

  status = (): LiveStatus => this.current;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  listen(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  protected setStatus(next: LiveStatus): void {
    if (next === this.current) return;
    this.current = next;
    for (const watcher of this.watchers) watcher();
  }
}
