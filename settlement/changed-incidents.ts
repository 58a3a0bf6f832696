import type { EventRow } from '../core/ports/event-log.ts';

/** The incidents whose money a row may have moved: the incident itself, or those that caused an interruption. */
export function incidentsIn({ type, body }: EventRow): readonly string[] {
  if (!isKeyed(body)) return [];
  if (type === 'attribution') return typeof body.incident === 'string' ? [body.incident] : [];
  if (type === 'incident') return typeof body.id === 'string' ? [body.id] : [];
  if (type === 'claim' && Array.isArray(body.incidents)) return body.incidents.flatMap(toReassess);
  if (type !== 'interruption' || !Array.isArray(body.causes)) return [];
  return body.causes.flatMap((cause: unknown) =>
    isKeyed(cause) && typeof cause.incident === 'string' ? [cause.incident] : [],
  );
}

/** An owner has applied for what is paid on application only. */
function toReassess(one: unknown): readonly string[] {
  return isKeyed(one) && one.reassess === true && typeof one.incident === 'string' ? [one.incident] : [];
}

function isKeyed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
