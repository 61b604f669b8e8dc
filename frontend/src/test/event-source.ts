/** Stands where the browser's EventSource would: opens, fails and speaks when told to. */

export class TestSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static made: TestSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((message: MessageEvent) => void) | null = null;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    TestSource.made.push(this);
  }
  close() {
    this.readyState = 2;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
  speak(type: string) {
    const data = JSON.stringify({ type, at: '2026-03-01T00:00:00Z', data: {} });
    this.dispatchEvent(new MessageEvent(type, { data }));
  }
}
