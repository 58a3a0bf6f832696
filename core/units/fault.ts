/** One thing wrong (or, among warnings, doubtful) in something handed to us: where, a stable code, and words saying what to change. */
export interface Fault {
  /** JSON pointer into the document, or the name of a setting. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A key as one step of a JSON pointer (RFC 6901). */
export function pointerStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
