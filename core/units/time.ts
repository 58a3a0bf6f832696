/** Milliseconds since 1970-01-01T00:00:00Z. Every instant inside Relight is one of these; ISO text exists only at the doors. */
export type Instant = number;

/** RFC 3339 UTC with milliseconds, the form instants take in JSON (DESIGN 4). */
export function toIso(at: Instant): string {
  return new Date(at).toISOString();
}
