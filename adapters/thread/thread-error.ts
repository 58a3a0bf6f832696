/** What the other side of a thread refused, or the thread's own failure: `thread_busy`, `thread_died`, `thread_stopped`. */
export class ThreadError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  constructor(code: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'ThreadError';
    this.code = code;
    this.retryable = options.retryable;
  }
}
