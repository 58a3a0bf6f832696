import type { Instant } from '../../core/units/time.ts';
import type { LinkLoss } from '../../test/support/field.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { Cut } from '../../test/support/supply.ts';
import type { Grid, Place } from './grid.ts';

export const COURSE_KINDS = ['single', 'phase', 'double', 'nested', 'behind_link', 'communication'] as const;
export type CourseKind = (typeof COURSE_KINDS)[number];

export interface Fault extends Cut {
  readonly side: 'in' | 'out';
  readonly to: Instant;
  readonly phases: string;
  /** Began while its meters were dark already. */
  readonly hidden: boolean;
}

/** What truly happens. */
export interface Course {
  readonly seed: number;
  readonly kind: CourseKind;
  readonly start: Instant;
  readonly until: Instant;
  readonly faults: readonly Fault[];
  readonly links: readonly LinkLoss[];
  readonly mutes: readonly { readonly device: string; readonly from: Instant; readonly to: Instant }[];
  readonly falseGasps: readonly { readonly device: string; readonly at: Instant }[];
  /** Share of last gasps that arrive. */
  readonly gasp: number;
}

const START = Date.parse('2026-03-01T10:00:00Z');
/** Everybody has spoken several times before anything fails. */
const QUIET_MS = 5 * 60_000;
/** The slowest to come back take seven minutes. */
const AFTER_MS = 9 * 60_000;
const MINUTE_MS = 60_000;
/** Per meter and hour: one meter of a compound of 560 about every eighteen hours. */
const FALSE_GASPS_PER_HOUR = 1e-4;

export function kindOfSeed(seed: number): CourseKind {
  return COURSE_KINDS[seed % COURSE_KINDS.length] ?? 'single';
}

export function drawCourse(grid: Grid, seed: number): Course {
  const kind = kindOfSeed(seed);
  const chance = seededRandom(0x5eed + seed * 2_654_435_761);
  const dice: Dice = {
    chance,
    between: (low, high) => Math.round(low + chance() * (high - low)),
    pick: (items) => items[Math.floor(chance() * items.length)],
  };
  const began = START + QUIET_MS + dice.between(0, MINUTE_MS);
  const faults = drawFaults(grid, kind, dice, began);
  const links =
    kind === 'behind_link' || kind === 'communication' ? drawLinks(grid, kind, dice, began, faults) : [];
  const mutes = kind === 'communication' && links.length === 0 ? drawMutes(grid, dice, began) : [];
  const last = Math.max(began, ...faults.map(({ to }) => to), ...[...links, ...mutes].map(({ to }) => to));
  const until = last + AFTER_MS;
  return {
    seed,
    kind,
    start: START,
    until,
    faults,
    links,
    mutes,
    falseGasps: drawFalseGasps(grid, dice, START + QUIET_MS, until),
    gasp: 0.4 + 0.4 * chance(),
  };
}

interface Dice {
  chance(): number;
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T | undefined;
}

function drawFaults(grid: Grid, kind: CourseKind, dice: Dice, began: Instant): Fault[] {
  switch (kind) {
    case 'communication':
      return [];
    case 'phase':
      return [phaseFault(grid, dice, began)];
    case 'double':
      return doubleFault(grid, dice, began);
    case 'nested':
      return nestedFault(grid, dice, began);
    default:
      return [faultAt(drawPlace(grid, dice), dice, began)];
  }
}

function faultAt(place: Place, dice: Dice, from: Instant): Fault {
  const to = from + dice.between(MINUTE_MS, 10 * MINUTE_MS);
  return { node: place.node, side: place.side, phases: place.phases, from, to, hidden: false };
}

/** A unit now and then; else any place that supplies several. */
function drawPlace(grid: Grid, dice: Dice, least = 1): Place {
  const units = dice.chance() < 0.25;
  const some = grid.places.filter(
    ({ kind, meters }) => meters >= least && (least > 1 || (kind === 'unit') === units),
  );
  const place = dice.pick(some) ?? grid.places[0];
  if (place === undefined) throw new Error('this network has no place where a fault could be seen');
  return place;
}

/** Low-voltage phases fail one by one below the transformers only. */
function phaseFault(grid: Grid, dice: Dice, began: Instant): Fault {
  const below = new Set(grid.site.nodes.filter(({ kind }) => kind === 'transformer').map(({ id }) => id));
  const places = grid.places.filter(
    ({ node, kind, phases }) =>
      phases.length === 3 && kind !== 'transformer' && [...below].some((top) => grid.isUnder(node, top)),
  );
  for (let tries = 0; tries < 50; tries++) {
    const place = dice.pick(places);
    const phases = dice.pick(['A', 'B', 'C', 'AB', 'BC', 'AC']) ?? 'A';
    if (place === undefined || grid.signature(place.node, place.side, phases) === '') continue;
    return { ...faultAt(place, dice, began), phases };
  }
  return faultAt(drawPlace(grid, dice), dice, began);
}

/** Two that overlap in time, neither above the other, and together not the same as one above both. */
function doubleFault(grid: Grid, dice: Dice, began: Instant): Fault[] {
  for (let tries = 0; tries < 50; tries++) {
    const [a, b] = [drawPlace(grid, dice), drawPlace(grid, dice)];
    if (grid.isUnder(a.node, b.node) || grid.isUnder(b.node, a.node) || looksLikeOne(grid, a, b)) continue;
    const first = faultAt(a, dice, began);
    const second = faultAt(b, dice, began + dice.between(0, Math.min(2 * MINUTE_MS, first.to - began)));
    return [first, second];
  }
  return [faultAt(drawPlace(grid, dice), dice, began)];
}

function looksLikeOne(grid: Grid, a: Place, b: Place): boolean {
  const dark = new Set(
    [a, b].flatMap((place) => grid.devicesIn(grid.signature(place.node, place.side, place.phases))),
  );
  return grid.places.some(
    (place) =>
      place.meters === dark.size &&
      grid
        .devicesIn(grid.signature(place.node, place.side, place.phases))
        .every((device) => dark.has(device)),
  );
}

/** An inner fault that outlasts the outer one; it begins while all is dark, or was there before. */
function nestedFault(grid: Grid, dice: Dice, began: Instant): Fault[] {
  for (let tries = 0; tries < 50; tries++) {
    const outer = drawPlace(grid, dice, 6);
    const inside = grid.places.filter(
      ({ node, meters, kind }) =>
        node !== outer.node &&
        meters <= outer.meters / 2 &&
        kind !== 'unit' &&
        grid.isUnder(node, outer.node),
    );
    const inner = dice.pick(inside);
    if (inner === undefined) continue;
    const hidden = dice.chance() < 0.6;
    const from = hidden ? began : began + dice.between(MINUTE_MS, 4 * MINUTE_MS);
    const to = from + dice.between(3 * MINUTE_MS, 8 * MINUTE_MS);
    const innerFrom = hidden ? dice.between(from + 20_000, to - MINUTE_MS) : began;
    const innerTo = to + dice.between(3 * MINUTE_MS, 8 * MINUTE_MS);
    return [
      { node: outer.node, side: outer.side, phases: outer.phases, from, to, hidden: false },
      { node: inner.node, side: inner.side, phases: inner.phases, from: innerFrom, to: innerTo, hidden },
    ];
  }
  return [faultAt(drawPlace(grid, dice), dice, began)];
}

function drawLinks(
  grid: Grid,
  kind: CourseKind,
  dice: Dice,
  began: Instant,
  faults: readonly Fault[],
): LinkLoss[] {
  const ids = grid.site.gateways.map(({ id }) => id);
  const loss = (gateway: string, from: Instant): LinkLoss => ({
    gateway,
    from,
    to: from + dice.between(MINUTE_MS, 12 * MINUTE_MS),
  });
  if (kind === 'behind_link') {
    const [fault] = faults;
    const device = grid.site.devices.find(
      ({ node, via }) => via !== null && grid.isUnder(node, fault?.node ?? ''),
    );
    const gateway = device?.via ?? dice.pick(ids);
    return gateway == null ? [] : [loss(gateway, began - dice.between(0, 2 * MINUTE_MS))];
  }
  const what = dice.chance();
  if (what < 0.45) return [dice.pick(ids) ?? []].flat().map((gateway) => loss(gateway, began));
  if (what < 0.6) {
    return ids
      .filter(() => dice.chance() < 0.4)
      .map((gateway) => loss(gateway, began + dice.between(0, 20_000)));
  }
  if (what < 0.75) {
    const whole = loss('', began);
    return ids.map((gateway) => ({ ...whole, gateway }));
  }
  return [];
}

/** Single meters whose radio fails, a few at a time. */
function drawMutes(grid: Grid, dice: Dice, began: Instant): Course['mutes'] {
  const first = dice.between(0, grid.site.devices.length - 1);
  return grid.site.devices.slice(first, first + dice.between(1, 6)).map(({ id }) => {
    const from = began + dice.between(0, MINUTE_MS);
    return { device: id, from, to: from + dice.between(4 * MINUTE_MS, 12 * MINUTE_MS) };
  });
}

function drawFalseGasps(grid: Grid, dice: Dice, from: Instant, to: Instant): Course['falseGasps'] {
  const share = (FALSE_GASPS_PER_HOUR * (to - from)) / 3_600_000;
  return grid.site.devices.flatMap(({ id, profile }) =>
    profile === 'native' && dice.chance() < share ? [{ device: id, at: dice.between(from, to) }] : [],
  );
}
