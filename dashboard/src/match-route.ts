/** A route's pattern: segments, `:name` captures one. The first match wins. */
export interface Route<P> {
  readonly pattern: string;
  /** Loads the page only when somebody goes there. */
  readonly page: P;
}

export interface Match<P> {
  readonly pattern: string;
  readonly page: P;
  readonly params: Readonly<Record<string, string>>;
}

export function matchRoute<P>(routes: readonly Route<P>[], path: string): Match<P> | null {
  for (const { pattern, page } of routes) {
    const params = matchPattern(pattern, path);
    if (params !== null) return { pattern, page, params };
  }
  return null;
}

function matchPattern(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = given[i] ?? '';
    if (segment.startsWith(':')) {
      const decoded = decode(value);
      if (decoded === null) return null;
      params[segment.slice(1)] = decoded;
    } else if (segment !== value) return null;
  }
  return params;
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
