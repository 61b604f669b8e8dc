/** What the tabs of a browser tell each other of the session they share. */

/** entered: somebody signed in, or turned to another tenant · left: signed out, or the tenant was deleted. */
export type SessionNews = { kind: 'entered' } | { kind: 'left'; notice: 'ended' | 'deleted' };

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('storekeep.session');

export function tellTabs(news: SessionNews): void {
  channel?.postMessage(news);
}

/** Calls `listener` with what other tabs say; one at a time. */
export function hearTabs(listener: (news: SessionNews) => void): void {
  if (channel) channel.onmessage = ({ data }: MessageEvent<SessionNews>) => listener(data);
}
