import { type Static, Type } from 'typebox';
import type { AssessCase, CaseInterruption } from '../core/compensation/case.ts';
import { isTimeZone } from '../core/units/calendar.ts';
import type { Fault } from '../core/units/fault.ts';
import type { Instant } from '../core/units/time.ts';
import { parseInstant } from './instant.ts';
import { compileShape } from './shape-faults.ts';

const InstantGiven = Type.String({ description: 'RFC 3339 with an offset' });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Optional(Type.Union([Type.Null(), type]));

/** The interruption of a ledger export, with cause and attribution; what else stands in it, or under `facts`, a scheme may ask for. */
const InterruptionSchema = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 64 })),
  from: InstantGiven,
  to: OrNull(InstantGiven),
  phases: Type.Optional(Type.String()),
  momentary: Type.Optional(Type.Boolean()),
  operations: Type.Optional(Type.Integer({ minimum: 0 })),
  planned: OrNull(Type.Union([Type.String(), Type.Boolean()])),
  cause: OrNull(Type.String()),
  attribution: OrNull(Type.Enum(['utility', 'property', 'owner', 'third_party', 'force_majeure'])),
  facts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

/** What `assess` is given (DESIGN 4.4). `parameters` and `timeZone` are what a site would fix. */
export const AssessCaseSchema = Type.Object({
  premises: Type.Record(Type.String(), Type.Unknown()),
  interruptions: Type.Array(InterruptionSchema, { maxItems: 100_000 }),
  facts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  timeZone: OrNull(Type.String()),
  at: InstantGiven,
});

const shape = compileShape(AssessCaseSchema);

export type ReadCase =
  | { readonly ok: true; readonly case: AssessCase }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export function readCase(json: unknown): ReadCase {
  if (!shape.is(json)) return { ok: false, faults: shape.faults(json, '') };
  const faults: Fault[] = [];
  const zone = json.timeZone ?? null;
  if (zone !== null && !isTimeZone(zone)) {
    faults.push({ path: '/timeZone', code: 'unknown_time_zone', message: `'${zone}' is no time zone` });
  }
  const given: AssessCase = {
    premises: json.premises,
    interruptions: json.interruptions.map((one, i) => interruptionOf(one, i, faults)),
    facts: json.facts ?? {},
    parameters: json.parameters ?? {},
    timeZone: zone,
    at: instantAt(json.at, '/at', faults),
  };
  checkIds(given.interruptions, faults);
  return faults.length === 0 ? { ok: true, case: given } : { ok: false, faults };
}

/** Rules remember by id what was paid for which interruption. */
function checkIds(interruptions: readonly CaseInterruption[], faults: Fault[]): void {
  const seen = new Set<string>();
  for (const [i, { id }] of interruptions.entries()) {
    if (seen.has(id))
      faults.push({ path: `/interruptions/${i}/id`, code: 'duplicate', message: `'${id}' is given twice` });
    seen.add(id);
  }
}

function interruptionOf(
  one: Static<typeof InterruptionSchema>,
  i: number,
  faults: Fault[],
): CaseInterruption {
  const path = `/interruptions/${i}`;
  const from = instantAt(one.from, `${path}/from`, faults);
  const to = one.to === undefined || one.to === null ? null : instantAt(one.to, `${path}/to`, faults);
  if (to !== null && to < from) {
    faults.push({ path: `${path}/to`, code: 'out_of_range', message: 'ends before it begins' });
  }
  return {
    id: one.id ?? String(i),
    from,
    to,
    phases: one.phases ?? 'ABC',
    momentary: one.momentary ?? false,
    operations: one.operations ?? 1,
    planned: one.planned === true ? 'planned' : one.planned === false ? null : (one.planned ?? null),
    cause: one.cause ?? null,
    attribution: one.attribution ?? null,
    facts: { ...one, ...one.facts },
  };
}

/** A local time without offset may not exist, or occur twice: it is refused, never guessed. */
function instantAt(text: string, path: string, faults: Fault[]): Instant {
  const at = parseInstant(text);
  if (at === null)
    faults.push({ path, code: 'wrong_form', message: 'must be an RFC 3339 instant with Z or an offset' });
  return at ?? 0;
}
