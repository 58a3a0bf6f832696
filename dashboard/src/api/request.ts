import type { Problem } from '../../../contracts/http/problem.ts';

/** The server's answer that something is wrong, or `unreachable` when no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Problem | null;
  /** The server is too busy now and says when to ask again. */
  readonly retryAfter_s: number | null;

  constructor(
    status: number,
    code: string,
    problem: Problem | null,
    { retryAfter_s = null, ...options }: ErrorOptions & { readonly retryAfter_s?: number | null } = {},
  ) {
    super(problem?.title ?? code, options);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.problem = problem;
    this.retryAfter_s = retryAfter_s;
  }
}

let csrf = '';

/** The token of GET /session; every later write carries it. */
export function useCsrf(token: string): void {
  csrf = token;
}

let onSignedOut = () => {};

/** Called when an answer says that the session has ended. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Sent with what pays, texts or commands, so that a repeat is done once. */
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** Times a question is put again to a server that says it is busy; what changes something is not repeated unasked. */
const RETRIES = 3;
const RETRY_MAX_S = 5;

export async function request<Reply>(path: string, options: RequestOptions = {}): Promise<Reply> {
  for (let left = options.method === undefined || options.method === 'GET' ? RETRIES : 0; ; left -= 1) {
    try {
      return await requestOnce<Reply>(path, options);
    } catch (error) {
      if (left <= 0 || !(error instanceof ApiError) || error.retryAfter_s === null) throw error;
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(RETRY_MAX_S, error.retryAfter_s ?? 0) * 1000),
      );
    }
  }
}

async function requestOnce<Reply>(path: string, options: RequestOptions): Promise<Reply> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.method !== undefined && options.method !== 'GET') headers['x-csrf-token'] = csrf;
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
  if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch;

  const response = await fetch(`/api/v1${path}`, {
    method: options.method ?? 'GET',
    headers,
    credentials: 'same-origin',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }).catch((cause: unknown) => {
    throw new ApiError(0, 'unreachable', null, { cause });
  });

  if (response.status === 204) return undefined as Reply;
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw failureOf(response, body);
  return body as Reply;
}

function failureOf({ status, headers }: Response, body: unknown): ApiError {
  const problem = isProblem(body) ? body : null;
  if (problem?.code === 'not_signed_in') onSignedOut();
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfter_s = status === 503 && Number.isFinite(retryAfter) ? retryAfter : null;
  return new ApiError(status, problem?.code ?? `http_${status}`, problem, { retryAfter_s });
}

/** A file the server makes, under the name it gives. */
export async function requestFile(path: string): Promise<{ readonly name: string; readonly content: Blob }> {
  const response = await fetch(`/api/v1${path}`, { credentials: 'same-origin' }).catch((cause: unknown) => {
    throw new ApiError(0, 'unreachable', null, { cause });
  });
  if (!response.ok) throw failureOf(response, await response.json().catch(() => null));
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { name: name ?? 'file', content: await response.blob() };
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}
