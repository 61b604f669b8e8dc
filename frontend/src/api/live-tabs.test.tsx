/** Several tabs of one browser: one stream among them, whoever comes and goes, and every tab hears what it says. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestSource } from '~/test/event-source';
import { LiveStream } from './live';
import { SharedStream } from './live-tabs';
import type { LiveEvent } from './live-voice';

const open = () => TestSource.made.filter((source) => source.readyState !== 2);

/** The browser's locks, one holder at a time, in the order of asking; `steal` takes it at once. */
class TestLocks {
  private holder: { lose: (reason: Error) => void } | null = null;
  private readonly queue: (() => void)[] = [];

  request(_: string, options: { steal?: boolean; signal?: AbortSignal }, held: () => Promise<void>): Promise<void> {
    return new Promise((done, refused) => {
      const take = () => {
        if (options.signal?.aborted) {
          this.next();
          return;
        }
        const mine = { lose: refused };
        this.holder = mine;
        void held().then(() => {
          if (this.holder === mine) this.next();
          done();
        });
      };
      options.signal?.addEventListener('abort', () => refused(new DOMException('aborted', 'AbortError')));
      if (options.steal) {
        this.holder?.lose(new DOMException('stolen', 'AbortError'));
        take();
      } else if (this.holder) this.queue.push(take);
      else take();
    });
  }

  private next(): void {
    this.holder = null;
    this.queue.shift()?.();
  }
}

class TestChannel {
  static all = new Set<TestChannel>();
  /** Tabs the browser has put to sleep hear nothing. */
  static asleep = new Set<TestChannel>();
  onmessage: ((message: MessageEvent) => void) | null = null;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
    TestChannel.all.add(this);
  }
  postMessage(data: unknown) {
    for (const other of TestChannel.all) {
      const hears = other !== this && other.name === this.name && !TestChannel.asleep.has(other);
      if (hears) other.onmessage?.(new MessageEvent('message', { data }));
    }
  }
  close() {
    TestChannel.all.delete(this);
  }
}

interface Tab {
  stream: SharedStream;
  heard: LiveEvent[];
}

function openTab(group = 'tenant'): Tab {
  const stream = new SharedStream(new LiveStream('/api/live'));
  const heard: LiveEvent[] = [];
  stream.listen((event) => heard.push(event));
  stream.start(group);
  return { stream, heard };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const types = (tab: Tab) => tab.heard.map((event) => event.type);

beforeEach(() => {
  TestSource.made = [];
  TestChannel.all.clear();
  TestChannel.asleep.clear();
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', TestSource);
  vi.stubGlobal('BroadcastChannel', TestChannel);
  Object.defineProperty(navigator, 'locks', { value: new TestLocks(), configurable: true });
});

afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(navigator, 'locks');
});

describe('the tabs of one browser', () => {
  it('share one stream, and all hear it', async () => {
    const tabs = Array.from({ length: 8 }, () => openTab());
    await settle();
    expect(TestSource.made).toHaveLength(1);
    open()[0]?.open();
    open()[0]?.speak('sync.finished');
    for (const tab of tabs) {
      expect(tab.stream.status()).toBe('live');
      expect(types(tab)).toEqual(['sync.finished']);
    }
    const late = openTab();
    await settle();
    expect(late.stream.status()).toBe('live');
    for (let beat = 0; beat < 6; beat += 1) {
      await vi.advanceTimersByTimeAsync(15_000);
      open()[0]?.speak('beat');
    }
    expect(TestSource.made).toHaveLength(1);
    expect(late.stream.status()).toBe('live');
    expect(types(late)).toEqual([]);
  });

  it('notice when the one that listens falls asleep later on', async () => {
    const first = openTab();
    await settle();
    const second = openTab();
    await settle();
    open()[0]?.open();
    for (const channel of [...TestChannel.all].slice(0, 1)) TestChannel.asleep.add(channel);
    // It holds the lock and the stream, and passes nothing on.
    first.stream['channel']?.close();
    await vi.advanceTimersByTimeAsync(43_000);
    const [, own] = TestSource.made;
    own?.open();
    expect(second.stream.status()).toBe('live');
    expect(types(second)).toEqual(['data.changed']);
  });

  it('go on when the tab that listens is closed, and read again what may have passed meanwhile', async () => {
    const [first, second] = [openTab(), openTab()];
    await settle();
    open()[0]?.open();
    first.stream.stop();
    await settle();
    expect(open()).toHaveLength(1);
    open()[0]?.open();
    expect(second.stream.status()).toBe('live');
    expect(second.heard).toMatchObject([{ type: 'data.changed', data: { missed: true } }]);
    open()[0]?.speak('store.changed');
    expect(types(second)).toEqual(['data.changed', 'store.changed']);
    expect(first.stream.status()).toBe('off');
    expect(types(first)).toEqual([]);
  });

  it('do not wait for one that sleeps', async () => {
    const first = openTab();
    await settle();
    open()[0]?.open();
    for (const channel of TestChannel.all) TestChannel.asleep.add(channel);
    const second = openTab();
    await vi.advanceTimersByTimeAsync(2500);
    expect(open()).toHaveLength(1);
    open()[0]?.open();
    expect(second.stream.status()).toBe('live');
    TestChannel.asleep.clear();
    open()[0]?.speak('store.changed');
    expect([types(first).at(-1), types(second).at(-1)]).toEqual(['store.changed', 'store.changed']);
  });

  it('of different tenants do not hear each other', async () => {
    const [mine, theirs] = [openTab('a'), openTab('b')];
    await settle();
    expect(mine.heard).toEqual([]);
    open()[0]?.open();
    open()[0]?.speak('sync.finished');
    expect([types(mine), types(theirs)]).toEqual([['sync.finished'], []]);
    theirs.stream.stop();
  });

  it('have a stream each where the browser knows no locks', () => {
    Reflect.deleteProperty(navigator, 'locks');
    openTab();
    openTab();
    expect(open()).toHaveLength(2);
  });
});
