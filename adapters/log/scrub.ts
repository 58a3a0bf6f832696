/** Names of facts whose value never reaches a log, whatever it is. */
const SECRET_KEY =
  /(pass(word|wd)?$|passwordhash|secret|token|cookie|authorization|csrf|api-?key|private-?key|phone$|^body$|^sample$)/i;
const HIDDEN = '[hidden]';
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;
const MAX_TEXT = 4096;

/** A copy of `facts` that is safe to write: secrets hidden, phone numbers masked, depth, width and length bounded. */
export function scrubFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return scrubObject(facts, 0);
}

/** Masks what free text may carry: credentials in URLs, link tokens, phone numbers. */
export function scrubText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${HIDDEN}@`)
    .replace(/([?&](?:token|secret|password|key)=)[^&\s"']+/gi, `$1${HIDDEN}`)
    .replace(/\+\d{8,15}\b/g, maskDigits)
    .replace(/(?<![\d+])1[3-9]\d{9}(?!\d)/g, maskDigits);
}

function maskDigits(digits: string): string {
  return `${digits.slice(0, 3)}****${digits.slice(-2)}`;
}

function scrub(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return scrubError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return scrubArray(value, depth);
  return scrubObject(value, depth);
}

function scrubArray(values: readonly unknown[], depth: number): unknown[] {
  const shown = values.slice(0, MAX_ITEMS).map((value) => scrub(value, depth + 1));
  return values.length > MAX_ITEMS ? [...shown, `[${values.length - MAX_ITEMS} more]`] : shown;
}

function scrubObject(object: object, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object).slice(0, MAX_ITEMS)) {
    safe[key] = SECRET_KEY.test(key) && value !== null ? HIDDEN : scrub(value, depth + 1);
  }
  return safe;
}

function scrubError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: scrubText(error.message),
    ...('code' in error ? { code: scrub(error.code, depth + 1) } : {}),
    ...(error.stack === undefined ? {} : { stack: scrubText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: scrub(error.cause, depth + 1) }),
  };
}
