/** Every way a request can fail, as one error type that says what happened, whether anything was done, and what to quote. */

/** network: no answer came · server: it failed on our side · client: it was refused, and why · aborted: nobody waits for it. */
export type ProblemKind = 'network' | 'server' | 'client' | 'aborted';

export interface FieldProblem {
  field: string;
  message: string;
}

export class ApiProblem extends Error {
  readonly kind: ProblemKind;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable SCREAMING_SNAKE code from the server, or NETWORK / UNREADABLE. */
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly retryable: boolean;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(problem: {
    kind: ProblemKind;
    status: number;
    code: string;
    message: string;
    details?: Record<string, unknown>;
    retryable?: boolean;
    requestId?: string | null;
    retryAfterSeconds?: number | null;
  }) {
    super(problem.message);
    this.name = 'ApiProblem';
    this.kind = problem.kind;
    this.status = problem.status;
    this.code = problem.code;
    this.details = problem.details ?? {};
    this.retryable = problem.retryable ?? false;
    this.requestId = problem.requestId ?? null;
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The problem in an answer that is not a success; bodies that are not ours (a proxy's HTML) still make sense. */
export function problemFromResponse(response: Response, body: unknown): ApiProblem {
  const error = isRecord(body) && isRecord(body.error) ? body.error : null;
  const kind: ProblemKind = response.status >= 500 ? 'server' : 'client';
  const retryAfter = Number(response.headers.get('Retry-After'));
  return new ApiProblem({
    kind,
    status: response.status,
    code: typeof error?.code === 'string' ? error.code : 'UNREADABLE',
    message:
      typeof error?.message === 'string' ? error.message : `The server answered with an error (${response.status}).`,
    details: isRecord(error?.details) ? error.details : {},
    retryable: error?.retryable === true || (!error && response.status >= 500),
    requestId:
      isRecord(body) && typeof body.requestId === 'string' ? body.requestId : response.headers.get('X-Request-Id'),
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
  });
}

export function problemFromThrown(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof DOMException && error.name === 'AbortError') {
    return new ApiProblem({ kind: 'aborted', status: 0, code: 'ABORTED', message: 'The request was called off.' });
  }
  if (error instanceof TypeError) {
    return new ApiProblem({
      kind: 'network',
      status: 0,
      code: 'NETWORK',
      message: 'No answer came from Storekeep.',
      retryable: true,
    });
  }
  return new ApiProblem({
    kind: 'server',
    status: 0,
    code: 'UNREADABLE',
    message: 'The answer could not be read.',
    retryable: true,
  });
}

/** What a person reads: a headline, what it means for what they did, and whether trying again can help. */
export interface ProblemWords {
  title: string;
  advice: string;
  canRetry: boolean;
}

export function describeProblem(problem: ApiProblem, doing: 'reading' | 'changing' = 'reading'): ProblemWords {
  // Many of the server's messages say it themselves.
  const untouched = doing === 'changing' && !/\bnothing was\b/i.test(problem.message) ? ' Nothing was changed.' : '';
  if (problem.kind === 'network') {
    const unsure = doing === 'changing' ? ' It may or may not have been done; check before trying again.' : '';
    return {
      title: 'No connection',
      advice: `No answer came from Storekeep.${unsure} Check your network.`,
      canRetry: true,
    };
  }
  if (problem.status === 401) return { title: 'Not signed in', advice: problem.message, canRetry: false };
  if (problem.status === 403) return { title: 'Not allowed', advice: problem.message + untouched, canRetry: false };
  if (problem.status === 404) return { title: 'Not found', advice: problem.message + untouched, canRetry: false };
  if (problem.status === 409) return { title: 'Not possible right now', advice: problem.message, canRetry: true };
  if (problem.status === 429) {
    const wait = problem.retryAfterSeconds ? ` Try again in ${Math.ceil(problem.retryAfterSeconds)} s.` : '';
    return { title: 'Too many requests', advice: problem.message + untouched + wait, canRetry: true };
  }
  if (problem.kind === 'client') return { title: 'Not accepted', advice: problem.message + untouched, canRetry: false };
  return { title: 'Storekeep had a problem', advice: problem.message, canRetry: true };
}

/** The fields a 422 complains about, whichever of the two shapes `details` has. */
export function fieldProblems(problem: ApiProblem): FieldProblem[] {
  const { field, fields, errors } = problem.details;
  if (typeof field === 'string') return [{ field: lastPart(field), message: problem.message }];
  const list = Array.isArray(fields) ? fields : Array.isArray(errors) ? errors : [];
  return list.filter(isRecord).flatMap((entry) => {
    const name = entry.field ?? entry.path ?? entry.loc;
    const path = Array.isArray(name) ? name.map(String).join('.') : name;
    const message = entry.message ?? entry.msg;
    if (typeof path !== 'string' || typeof message !== 'string') return [];
    return [{ field: lastPart(path), message }];
  });
}

const lastPart = (path: string): string => path.split('.').at(-1) ?? path;

/** A longer wait than this is told to the person, who then decides. */
const PATIENCE_SECONDS = 10;

/** React Query's rule: what was refused stays refused; what failed on the way, or came too soon, is tried twice more. */
export function shouldRetry(failures: number, error: unknown): boolean {
  const problem = problemFromThrown(error);
  if ((problem.retryAfterSeconds ?? 0) > PATIENCE_SECONDS) return false;
  if (problem.kind === 'aborted' || (problem.kind === 'client' && problem.status !== 429)) return false;
  return failures < 2;
}

/** Milliseconds until the next try: as long as the server asked for, or doubling from half a second. */
export function retryDelay(failures: number, error: unknown): number {
  const asked = problemFromThrown(error).retryAfterSeconds;
  return asked === null ? Math.min(4000, 500 * 2 ** failures) : asked * 1000;
}
