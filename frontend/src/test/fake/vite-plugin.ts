/** Serves the stand-in at /api while developing (`npm run dev:fake`), live events included, under the real security policy. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { FakeApi } from './api.ts';
import { advance } from './state.ts';

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function fakeApi(): Plugin {
  const api = new FakeApi({ signedIn: false });
  const answer = middleware(api);
  return {
    name: 'storekeep-fake-api',
    configureServer: (server) => void server.middlewares.use(answer),
    configurePreviewServer: (server) => {
      server.middlewares.use((_request, response, next) => {
        response.setHeader('Content-Security-Policy', POLICY);
        next();
      });
      server.middlewares.use(answer);
    },
  };
}

function middleware(api: FakeApi): Connect.NextHandleFunction {
  return (incoming, outgoing, next) => {
    if (!incoming.url?.startsWith('/api/')) return next();
    if (incoming.url.startsWith('/api/live')) return stream(api, outgoing);
    void serve(api, incoming, outgoing);
  };
}

async function serve(api: FakeApi, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = chunks.length ? Buffer.concat(chunks) : null;
  const address = `http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`;
  const response = await api.handle(new Request(address, { method: incoming.method ?? 'GET', body }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

function stream(api: FakeApi, outgoing: ServerResponse): void {
  if (!api.state.session) {
    outgoing.writeHead(401).end();
    return;
  }
  outgoing.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  outgoing.write(': hello\n\n');
  const timer = setInterval(() => {
    for (const run of api.state.runs.filter((one) => one.status === 'RUNNING')) {
      advance(api.state, run);
      const type = run.status === 'RUNNING' ? 'sync.progress' : 'sync.finished';
      outgoing.write(
        `data: ${JSON.stringify({ type, at: new Date().toISOString(), data: { runId: run.id, storeId: run.storeId } })}\n\n`,
      );
    }
    outgoing.write(': ping\n\n');
  }, 700);
  outgoing.on('close', () => clearInterval(timer));
}
