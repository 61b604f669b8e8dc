/** The one way to the API: typed paths from OpenAPI, same-origin cookies, every failure an ApiProblem. */
import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './generated/schema';
import { problemFromResponse, problemFromThrown } from './problem';
import type { Session } from './types';

type Listener = () => void;

let onSignedOut: Listener = () => undefined;
let onSessionChanged: Listener = () => undefined;
let pageOf: string | null = null;

/** Called when any request is answered 401: the session has ended. */
export function whenSignedOut(listener: Listener): void {
  onSignedOut = listener;
}

/** Called when a request was refused because the browser's session is by now of somebody else, or in another tenant. */
export function whenSessionChanged(listener: Listener): void {
  onSessionChanged = listener;
}

/** Whose the page is; every request says so, for all tabs share one cookie. Null: nobody's. */
export function setPageOf(session: Session | null): void {
  pageOf = session && pageOfSession(session);
}

/** As the API takes it: `user id/tenant id`. */
export const pageOfSession = (session: Session): string => `${session.user.id}/${session.tenant.id}`;

/** Wrong credentials are answered 401 too; those mean "try again", not "you were signed out". */
const OWN_401 = ['/api/auth/login', '/api/auth/session'];
/** What begins, ends or asks for a session speaks for no page. */
const OF_NO_PAGE = [...OWN_401, '/api/auth/signup', '/api/auth/logout', '/api/auth/switch', '/api/meta'];

async function readBody(response: Response): Promise<unknown> {
  try {
    return await response.clone().json();
  } catch {
    return null;
  }
}

const failures: Middleware = {
  onRequest({ request, schemaPath }) {
    if (pageOf && !OF_NO_PAGE.includes(schemaPath)) request.headers.set('X-Page-Of', pageOf);
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined;
    if (response.status === 401 && !OWN_401.includes(schemaPath)) onSignedOut();
    const problem = problemFromResponse(response, await readBody(response));
    if (problem.code === 'SESSION_CHANGED') onSessionChanged();
    throw problem;
  },
  onError({ error }) {
    return problemFromThrown(error);
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  // Looked up at call time, so that tests can put a stand-in network under it.
  fetch: (request) => globalThis.fetch(request),
});
api.use(failures);

/** The body of a successful answer; failures have already been thrown. */
export async function take<Data>(answer: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data } = await answer;
  return data as Data;
}
