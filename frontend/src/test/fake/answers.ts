/** What a route of the stand-in is asked and may answer. */
import type { FakeState } from './state.ts';

export interface FakeRequest {
  method: string;
  url: URL;
  params: string[];
  body: Record<string, unknown>;
  state: FakeState;
}

export type FakeRoute = [method: string, path: RegExp, answer: (request: FakeRequest) => unknown];

/** Thrown by a route to answer with an error. */
export class FakeFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    this.status = status;
    this.code = code;
    this.message = message;
    this.details = details;
  }
}

/** An answer with a status of its own. */
export class FakeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | undefined;
  constructor(status: number, body?: unknown, location?: string) {
    this.status = status;
    this.body = body;
    this.location = location;
  }
}
