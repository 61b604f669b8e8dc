import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestSource } from '~/test/event-source';
import { LiveStream, readEvent } from './live';
import type { LiveEvent } from './live-voice';

const latest = () => TestSource.made.at(-1) as TestSource;

beforeEach(() => {
  TestSource.made = [];
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', TestSource);
});

afterEach(() => void vi.useRealTimers());

describe('the live stream', () => {
  it('hears named and plain events', () => {
    const stream = new LiveStream('/api/live');
    const heard: LiveEvent[] = [];
    stream.listen((event) => heard.push(event));
    stream.start();
    latest().open();
    expect(stream.status()).toBe('live');
    const data = JSON.stringify({ type: 'sync.progress', at: '2026-03-01T00:00:00Z', data: { runId: '1' } });
    latest().dispatchEvent(new MessageEvent('sync.progress', { data }));
    latest().onmessage?.(new MessageEvent('message', { data }));
    expect(heard.map((event) => event.data.runId)).toEqual(['1', '1']);
    stream.stop();
    expect(stream.status()).toBe('off');
  });

  it('says it is retrying, then offline, and catches up when it is back', () => {
    const stream = new LiveStream('/api/live');
    const heard: LiveEvent[] = [];
    stream.listen((event) => heard.push(event));
    stream.start();
    latest().open();
    latest().fail(TestSource.CLOSED);
    expect(stream.status()).toBe('retrying');
    for (let turn = 0; turn < 6; turn += 1) {
      vi.advanceTimersByTime(40_000);
      latest().fail(TestSource.CLOSED);
    }
    expect(stream.status()).toBe('offline');
    vi.advanceTimersByTime(40_000);
    latest().open();
    expect(stream.status()).toBe('live');
    expect(heard).toMatchObject([{ type: 'data.changed', data: { missed: true } }]);
    stream.stop();
  });

  it('leaves a short break to the browser, which asks for what it missed', () => {
    const stream = new LiveStream('/api/live');
    stream.start();
    latest().open();
    latest().fail(TestSource.CONNECTING);
    expect(stream.status()).toBe('retrying');
    vi.advanceTimersByTime(30_000);
    expect(TestSource.made).toHaveLength(1);
    stream.stop();
  });

  it('gives up a connection that has fallen silent, and is live only while the server is heard', () => {
    const stream = new LiveStream('/api/live');
    const heard: LiveEvent[] = [];
    stream.listen((event) => heard.push(event));
    stream.start(false, 'user/tenant');
    const first = latest();
    expect(first.url).toBe('/api/live?pageOf=user%2Ftenant');
    first.open();
    for (let beat = 0; beat < 6; beat += 1) {
      vi.advanceTimersByTime(15_000);
      first.speak('beat');
    }
    expect(stream.status()).toBe('live');
    vi.advanceTimersByTime(36_000);
    expect(first.readyState).toBe(TestSource.CLOSED);
    expect(stream.status()).toBe('retrying');
    vi.advanceTimersByTime(2000);
    expect(latest()).not.toBe(first);
    latest().open();
    expect(stream.status()).toBe('live');
    expect(heard.filter((event) => event.type !== 'beat')).toMatchObject([{ data: { missed: true } }]);
    first.fail(TestSource.CLOSED);
    expect(stream.status()).toBe('live');
    stream.stop();
  });

  it('is offline while the browser is, and back as soon as it is', () => {
    // Streams of other tests may hear the browser too.
    const mine = () => TestSource.made.filter((source) => source.url === '/api/live?pageOf=offline');
    const stream = new LiveStream('/api/live');
    stream.start(false, 'offline');
    mine().at(-1)?.open();
    window.dispatchEvent(new Event('offline'));
    expect(stream.status()).toBe('offline');
    vi.advanceTimersByTime(120_000);
    expect(mine()).toHaveLength(1);
    window.dispatchEvent(new Event('online'));
    expect(mine()).toHaveLength(2);
    mine().at(-1)?.open();
    expect(stream.status()).toBe('live');
    stream.stop();
    window.dispatchEvent(new Event('online'));
    expect(mine()).toHaveLength(2);
  });

  it('ignores what is not an event of ours', () => {
    expect(readEvent('not json')).toBeNull();
    expect(readEvent('{"at":1}')).toBeNull();
    expect(readEvent('{"type":"x"}')).toMatchObject({ type: 'x', data: {} });
  });
});
