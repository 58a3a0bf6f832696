import type { Incident } from '../incidents/incident.ts';
import type { Attributed } from '../interruptions/attributed.ts';
import type { Interruption } from '../interruptions/interruption.ts';
import type { NetworkNode, Premises, SchemeChoice, SiteFacts } from '../topology/site.ts';
import { localDate } from '../units/calendar.ts';
import type { Instant } from '../units/time.ts';
import type { AssessCase, Attribution, CaseInterruption } from './case.ts';
import type { ToldFacts } from './case-facts.ts';

/** The scheme a site had chosen on the local date of an instant. */
export function schemeInForce(
  { schemes, timeZone }: Pick<SiteFacts, 'schemes' | 'timeZone'>,
  at: Instant,
): SchemeChoice | null {
  const date = localDate(at, timeZone);
  const begun = schemes.filter(({ from }) => from <= date);
  return begun.reduce<SchemeChoice | null>(
    (best, one) => (best === null || one.from >= best.from ? one : best),
    null,
  );
}

/**
 * Who answers for a fault until a person has said so: the utility when its supply failed, the owner when the fault lies
 * behind the point of supply of one unit, else the property, whose installation it is.
 */
export function presumedAttribution(
  incident: Pick<Incident, 'rootSide'>,
  root: Pick<NetworkNode, 'kind'> | undefined,
): Attribution {
  if (root?.kind === 'feed') return 'utility';
  return root?.kind === 'unit' && incident.rootSide === 'out' ? 'owner' : 'property';
}

/** One premises of one incident, as a scheme is asked about it. */
export function caseOf(
  premises: Premises,
  parts: readonly CaseInterruption[],
  choice: SchemeChoice,
  timeZone: string,
  at: Instant,
  told: ToldFacts = NOTHING_TOLD,
): AssessCase {
  const { id, area_m2, building, floor } = premises;
  return {
    premises: { id, area_m2, building, floor, class: premises.class, ...told.premises },
    interruptions: withFacts(parts, told.interruption),
    facts: told.facts,
    parameters: choice.parameters,
    timeZone,
    at,
  };
}

const NOTHING_TOLD: ToldFacts = { premises: {}, facts: {}, interruption: {} };

function withFacts(
  parts: readonly CaseInterruption[],
  facts: ToldFacts['interruption'],
): readonly CaseInterruption[] {
  return Object.keys(facts).length === 0 ? parts : parts.map((one) => ({ ...one, facts }));
}

/**
 * The part of an interruption that one incident answers for. Where several held the premises dark at once the earlier one
 * does, so that a minute is counted under one incident only. `presumed` is who answers until a person has said.
 */
export function partUnder(
  incident: string,
  interruption: Interruption,
  presumed: Attribution,
): readonly CaseInterruption[] {
  const { id, phases, momentary, operations, planned } = interruption;
  const end = interruption.to;
  const parts: CaseInterruption[] = [];
  let covered = interruption.from;
  for (const cause of [...interruption.causes].sort((a, b) => a.from - b.from)) {
    const from = Math.max(cause.from, covered);
    const to = earlier(cause.to, end);
    if (to !== null && to <= from) continue;
    covered = to ?? Number.POSITIVE_INFINITY;
    if (cause.incident !== incident) continue;
    const partId = parts.length === 0 ? id : `${id}.${parts.length + 1}`;
    parts.push({
      id: partId,
      from,
      to,
      phases,
      momentary,
      operations,
      planned,
      cause: cause.cause ?? null,
      attribution: answering(cause.attribution, presumed),
      facts: {},
    });
  }
  return parts;
}

/** Null once a person has looked and cannot say. */
function answering(said: Attributed | undefined, presumed: Attribution): Attribution | null {
  if (said === undefined) return presumed;
  return said === 'unknown' ? null : said;
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
