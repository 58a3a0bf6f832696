import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { EvidenceKind, Weights } from './weights.ts';

/** The kinds a claim can hold for a loss, one bit each. */
const BITS: Readonly<Partial<Record<EvidenceKind, number>>> = {
  gasp: 1,
  dead_voltage: 2,
  lost_phase: 4,
  return: 8,
  silence: 16,
  on_battery: 32,
  generator: 64,
  contact: 128,
  told_return: 256,
};
const KINDS = Object.entries(BITS) as [EvidenceKind, number][];

/** Kinds that say outright that supply went away, at their own instant. */
const EXPLICIT = 1 | 2 | 4 | 32 | 64 | 128;
/** Kinds that prove a loss at all; silence never does. */
const RETURN = 8 | 256;
const POSITIVE = EXPLICIT | RETURN;
/** Measured, not told: it has to last before it opens anything. */
const MEASURED = 2 | 4;

/** What one sensor says about one burst of darkness. Plain data; 0 is "never". */
export interface Claim {
  readonly sensor: number;
  /** Kinds of dark evidence by phase, as bits. */
  kinds: [number, number, number];
  /** Phases shown to have been live all along. */
  lit: PhaseMask;
  /** Those of `lit` known only by the meter having run on: it would not have, had it lost all of its phases. */
  ran: PhaseMask;
  /** Dark by another, earlier loss: it cannot testify here. */
  blind: boolean;
  /** Last live instant before the loss. */
  since: Instant;
  /** Earliest and latest dark evidence. */
  first: Instant;
  last: Instant;
  /** Earliest outright report; 0 when there is none. */
  reported: Instant;
  /** Arrival of the first outright report of each sort, for the hold. */
  toldAt: Instant;
  measuredAt: Instant;
  /** Proven supply again. */
  until: Instant;
  /** Whether `until` was said in so many words. */
  untilTold: boolean;
  /** Whether `until` is the instant of the return, not only of the first reading after it. */
  untilExact: boolean;
  /** The instant of the message that shows it. */
  untilBy: Instant;
}

export function newClaim(sensor: number): Claim {
  return {
    sensor,
    kinds: [0, 0, 0],
    lit: 0,
    ran: 0,
    blind: false,
    since: 0,
    first: 0,
    last: 0,
    reported: 0,
    toldAt: 0,
    measuredAt: 0,
    until: 0,
    untilTold: false,
    untilExact: false,
    untilBy: 0,
  };
}

export function darkPhases(claim: Claim): PhaseMask {
  if (claim.blind) return 0;
  return phasesWith(claim, -1) & ~claim.lit;
}

/** Phases on which something else than silence says dark. */
export function provenDark(claim: Claim): PhaseMask {
  return claim.blind ? 0 : phasesWith(claim, POSITIVE) & ~claim.lit;
}

/** Phases on which a loss was reported outright. */
export function reportedDark(claim: Claim): PhaseMask {
  return claim.blind ? 0 : phasesWith(claim, EXPLICIT) & ~claim.lit;
}

function phasesWith(claim: Claim, kinds: number): PhaseMask {
  const [a, b, c] = claim.kinds;
  return (a & kinds ? 1 : 0) | (b & kinds ? 2 : 0) | (c & kinds ? 4 : 0);
}

export function hasKind(claim: Claim, kind: EvidenceKind): boolean {
  const bit = BITS[kind] ?? 0;
  return ((claim.kinds[0] | claim.kinds[1] | claim.kinds[2]) & bit) !== 0;
}

/** Shown by its own return to have been dark. */
export function cameBack(claim: Claim): boolean {
  return hasKind(claim, 'return') || hasKind(claim, 'told_return');
}

export function addDark(
  claim: Claim,
  kind: EvidenceKind,
  phases: PhaseMask,
  at: Instant,
  since: Instant,
  arrival: Instant,
): void {
  const bit = BITS[kind] ?? 0;
  for (let i = 0; i < 3; i++) if ((phases >> i) & 1) claim.kinds[i] = (claim.kinds[i] ?? 0) | bit;
  claim.first = claim.first === 0 ? at : Math.min(claim.first, at);
  // A return tells when darkness ended, and silence tells nothing of its own instant.
  if ((bit & EXPLICIT) !== 0) claim.last = Math.max(claim.last, at);
  claim.since = claim.since === 0 ? since : Math.min(claim.since, since);
  if ((bit & EXPLICIT) === 0) return;
  claim.reported = claim.reported === 0 ? at : Math.min(claim.reported, at);
  if ((bit & MEASURED) !== 0) claim.measuredAt ||= arrival;
  else claim.toldAt ||= arrival;
}

/** Log-likelihood of the claim on one phase (0-2), milli-nats, positive for a loss. */
export function weighPhase(claim: Claim, phase: number, weights: Weights): number {
  if (claim.blind) return 0;
  if ((claim.lit >> phase) & 1) return weights.evidence('live_voltage');
  const kinds = claim.kinds[phase] ?? 0;
  return kinds === 0 ? 0 : (sumsOf(weights)[kinds] ?? 0);
}

const sums = new WeakMap<Weights, Int32Array>();

/** What each combination of kinds weighs. */
function sumsOf(weights: Weights): Int32Array {
  const known = sums.get(weights);
  if (known !== undefined) return known;
  const table = Int32Array.from({ length: 512 }, (_, kinds) =>
    KINDS.reduce((sum, [kind, bit]) => (kinds & bit ? sum + weights.evidence(kind) : sum), 0),
  );
  sums.set(weights, table);
  return table;
}

/** A meter that gasped, still talks, or is known to be live or blind owes no gasp any more; `phases`: those it measures. */
export function owesGasp(claim: Claim, phases: PhaseMask): boolean {
  const mayHaveLost = claim.lit === claim.ran && claim.lit !== phases;
  return !claim.blind && mayHaveLost && reportedDark(claim) === 0;
}
