/** What the tabs of a browser tell each other of the session they share. */

/** entered: somebody signed in, or turned to another tenant · left: signed out, or the tenant was deleted. */
export type SessionNews = { kind: 'entered' } | { kind: 'left'; notice: 'ended' | 'deleted' };

let channel: BroadcastChannel | null = null;

export function tellTabs(news: SessionNews): void {
  channel?.postMessage(news);
}

/** From now on this tab is told, and tells: `listener` is called with what others say; one at a time. */
export function hearTabs(listener: (news: SessionNews) => void): void {
  channel?.close();
  channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('storekeep.session');
  if (channel) channel.onmessage = ({ data }: MessageEvent<SessionNews>) => listener(data);
}
