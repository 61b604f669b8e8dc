import { describe, expect, it } from 'vitest';
import {
  ApiProblem,
  describeProblem,
  fieldProblems,
  problemFromResponse,
  problemFromThrown,
  retryDelay,
  shouldRetry,
} from './problem';

const body = {
  error: {
    code: 'SHOPIFY_RATE_LIMIT',
    message: 'Shopify asks us to slow down.',
    details: { shop: 'x' },
    retryable: true,
  },
  requestId: '0192aa',
  timestamp: '2026-03-01T00:00:00Z',
};

const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

describe('problems', () => {
  it('carry what the server said', () => {
    const problem = problemFromResponse(answer(429, { 'Retry-After': '7' }), body);
    expect(problem).toMatchObject({
      kind: 'client',
      status: 429,
      code: 'SHOPIFY_RATE_LIMIT',
      retryable: true,
      requestId: '0192aa',
      retryAfterSeconds: 7,
      details: { shop: 'x' },
    });
  });

  it('make sense of answers that are not ours', () => {
    const problem = problemFromResponse(answer(502, { 'X-Request-Id': 'edge-1' }), '<html>');
    expect(problem).toMatchObject({ kind: 'server', code: 'UNREADABLE', retryable: true, requestId: 'edge-1' });
  });

  it('tell a dead network from a dead server', () => {
    expect(problemFromThrown(new TypeError('Failed to fetch')).kind).toBe('network');
    expect(problemFromThrown(new SyntaxError('not JSON')).kind).toBe('server');
    expect(problemFromThrown(new DOMException('', 'AbortError')).kind).toBe('aborted');
  });

  it('read differently by kind, and say whether anything was done', () => {
    const network = problemFromThrown(new TypeError('x'));
    expect(describeProblem(network).title).toBe('No connection');
    expect(describeProblem(network, 'changing').advice).toContain('may or may not have been done');
    const refused = problemFromResponse(answer(422), { error: { code: 'X', message: 'Too short.' }, requestId: 'r' });
    expect(describeProblem(refused, 'changing').advice).toBe('Too short. Nothing was changed.');
    const said = problemFromResponse(answer(422), { error: { code: 'X', message: 'No match. Nothing was deleted.' } });
    expect(describeProblem(said, 'changing').advice).toBe('No match. Nothing was deleted.');
    expect(describeProblem(problemFromResponse(answer(500), body)).canRetry).toBe(true);
    expect(describeProblem(problemFromResponse(answer(404), body)).canRetry).toBe(false);
  });

  it('name the fields they are about', () => {
    const problem = new ApiProblem({
      kind: 'client',
      status: 422,
      code: 'VALIDATION_FAILED',
      message: 'Some of what was sent is not valid.',
      details: { fields: [{ path: 'body.password', type: 'too_short', message: 'Too short.' }, { path: 'x' }] },
    });
    expect(fieldProblems(problem)).toEqual([{ field: 'password', message: 'Too short.' }]);
  });

  it('are tried again only where that can help', () => {
    expect(shouldRetry(0, problemFromResponse(answer(404), body))).toBe(false);
    expect(shouldRetry(0, problemFromResponse(answer(503), body))).toBe(true);
    expect(shouldRetry(2, problemFromResponse(answer(503), body))).toBe(false);
    expect(shouldRetry(1, new TypeError('x'))).toBe(true);
  });

  it('waits as long as the server asks, and hands a long wait to the person', () => {
    const told = (seconds: string) =>
      problemFromResponse(new Response('', { status: 429, headers: { 'Retry-After': seconds } }), null);
    expect(shouldRetry(0, told('3'))).toBe(true);
    expect(retryDelay(0, told('3'))).toBe(3000);
    expect(shouldRetry(0, told('60'))).toBe(false);
    expect(retryDelay(1, new TypeError('x'))).toBe(1000);
  });
});
