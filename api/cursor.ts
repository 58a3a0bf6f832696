import { Refused } from './errors.ts';

type Kind = 'number' | 'string';
type Value<K extends Kind> = K extends 'number' ? number : string;
type Values<Kinds extends readonly Kind[]> = { [I in keyof Kinds]: Value<Kinds[I]> };

/** Where the next page starts, opaque to the client. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a cursor, or `invalid_cursor`. */
export function decodeCursor<const Kinds extends readonly Kind[]>(text: string, kinds: Kinds): Values<Kinds> {
  const parts = parse(text);
  if (!fits(parts, kinds)) throw new Refused('invalid_cursor');
  return parts;
}

function fits<const Kinds extends readonly Kind[]>(parts: unknown, kinds: Kinds): parts is Values<Kinds> {
  return (
    Array.isArray(parts) &&
    parts.length === kinds.length &&
    kinds.every((kind, i) =>
      kind === 'number' ? Number.isSafeInteger(parts[i]) : typeof parts[i] === 'string',
    )
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** One page of a list that is whole in memory; the cursor is the ordinal of its first item. */
export function pageOf<T>(
  all: readonly T[],
  query: { readonly cursor?: string; readonly limit?: number },
  defaultLimit: number,
): { items: T[]; next: string | null } {
  const [from] = query.cursor === undefined ? [0] : decodeCursor(query.cursor, ['number']);
  if (from < 0) throw new Refused('invalid_cursor');
  const to = from + (query.limit ?? defaultLimit);
  return { items: all.slice(from, to), next: to < all.length ? encodeCursor([to]) : null };
}
