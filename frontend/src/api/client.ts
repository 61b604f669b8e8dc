/** The one way to the API: typed paths from OpenAPI, same-origin cookies, every failure an ApiProblem. */
import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './generated/schema';
import { problemFromResponse, problemFromThrown } from './problem';

type SignedOutListener = () => void;

let onSignedOut: SignedOutListener = () => undefined;

/** Called when any request is answered 401: the session has ended. */
export function whenSignedOut(listener: SignedOutListener): void {
  onSignedOut = listener;
}

/** Wrong credentials are answered 401 too; those mean "try again", not "you were signed out". */
const OWN_401 = ['/api/auth/login', '/api/auth/session'];

async function readBody(response: Response): Promise<unknown> {
  try {
    return await response.clone().json();
  } catch {
    return null;
  }
}

const failures: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined;
    if (response.status === 401 && !OWN_401.includes(schemaPath)) onSignedOut();
    throw problemFromResponse(response, await readBody(response));
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
