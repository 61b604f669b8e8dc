/** A stand-in for the API, for developing and testing pages. Never part of the built product. */
import { FakeAnswer, FakeFailure } from './answers.ts';
import { accountRoutes } from './routes-accounts.ts';
import { shopRoutes } from './routes-shop.ts';
import { buildState, type FakeOptions, type FakeState } from './state.ts';

const PUBLIC = /^\/api\/(meta|auth\/(login|signup|session))$/;

export class FakeApi {
  state: FakeState;
  /** Paths that fail until taken out: path → status. */
  readonly faults = new Map<string, number>();
  private serial = 0;

  constructor(options: FakeOptions = {}) {
    this.state = buildState(options);
  }

  handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const text = request.method === 'GET' ? '' : await request.text();
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    try {
      this.ensurePageOf(request.headers.get('X-Page-Of'));
      return this.route(request.method, url, body);
    } catch (error) {
      if (error instanceof FakeFailure) return this.failure(error);
      throw error;
    }
  };

  private ensurePageOf(told: string | null): void {
    const { session } = this.state;
    if (told === null || !session || told === `${session.user.id}/${session.tenant.id}`) return;
    throw new FakeFailure(409, 'SESSION_CHANGED', 'In this browser somebody else is signed in by now.');
  }

  private route(method: string, url: URL, body: Record<string, unknown>): Response {
    if (url.pathname === '/api/__fake/fault') {
      if (body.status) this.faults.set(String(body.path), Number(body.status));
      else this.faults.delete(String(body.path));
      return new Response(null, { status: 204 });
    }
    if (url.pathname === '/api/__fake/reset') {
      this.state = buildState(body as FakeOptions);
      this.faults.clear();
      return new Response(null, { status: 204 });
    }
    const fault = this.faults.get(url.pathname);
    if (fault)
      throw new FakeFailure(
        fault,
        fault === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR',
        'A part of the service is away for a moment. Nothing was changed; please try again.',
      );
    if (!this.state.session && !PUBLIC.test(url.pathname))
      throw new FakeFailure(401, 'AUTH_REQUIRED', 'Sign in to go on.');
    for (const [verb, path, answer] of [...accountRoutes, ...shopRoutes]) {
      const match = verb === method ? path.exec(url.pathname) : null;
      if (!match) continue;
      const result = answer({ method, url, params: match.slice(1), body, state: this.state });
      if (!(result instanceof FakeAnswer)) return this.json(200, result);
      if (result.location) return new Response(null, { status: result.status, headers: { Location: result.location } });
      return result.body === undefined
        ? new Response(null, { status: result.status })
        : this.json(result.status, result.body);
    }
    throw new FakeFailure(404, 'NOT_FOUND', 'There is no such thing here.');
  }

  private json(status: number, body: unknown): Response {
    const headers = { 'Content-Type': 'application/json', 'X-Request-Id': this.nextId() };
    return new Response(JSON.stringify(body), { status, headers });
  }

  private failure({ status, code, message, details }: FakeFailure): Response {
    const error = { code, message, details, retryable: status >= 500 || status === 429 };
    return this.json(status, { error, requestId: this.nextId(), timestamp: new Date().toISOString() });
  }

  private nextId(): string {
    this.serial += 1;
    return `req_7f3a${String(this.serial).padStart(6, '0')}`;
  }
}
