import { type Burst, CLOCK_ERROR_MS, newBurst } from '../detection/burst.ts';
import { addDark, type Claim, cameBack, darkPhases, hasKind, provenDark } from '../detection/claim.ts';
import { type DeviceState, litAt, notLitSince } from '../detection/device-state.ts';
import type { Sensor } from '../detection/sensors.ts';
import { gapBefore, type Testimony } from '../detection/testimony.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { pathHeard } from './communication.ts';
import { joinGateway } from './gateways.ts';
import { cameBackWithOuter, noteReturn, SAME_RETURN_MS } from './nesting.ts';
import { unitsOf } from './record.ts';
import { type Stray, straysOf } from './strays.ts';
import type { World } from './world.ts';

/** A last gasp leaves at most this long after the loss, beyond the site's own gasp delay. */
const GASP_REACH_MS = 10_000;

type Dark = Extract<Testimony, { says: 'dark' }>;
type Lit = Extract<Testimony, { says: 'lit' }>;

/** Puts dark evidence with the burst it belongs to, or begins one. */
export function hearDark(world: World, index: number, dark: Dark, arrival: Instant): void {
  const sensor = world.sensors[index];
  const state = world.state.devices[sensor?.index ?? -1];
  if (sensor === undefined || state === undefined || sensor.node < 0 || !sensor.device.inService) return;
  if (sensor.role === 'meter' && state.relayOpen) return;
  const from = onsetFrom(world, dark);
  const known = burstFor(world, index, sensor, dark, from);
  const burst = known ?? beginBurst(world, from, dark.at, arrival);
  const before = burst.claims.get(index);
  const isNew = before === undefined || before.blind || darkPhases(before) === 0;
  const claim = world.judge(burst).change(index, (claim) => {
    claim.blind = false;
    claim.lit = (claim.lit & ~dark.phases) | ((dark.besides ?? 0) & ~darkPhases(claim));
    claim.ran = 0;
    addDark(claim, dark.kind, dark.phases, dark.at, dark.since, arrival);
    if (dark.until !== undefined)
      setUntil(claim, { until: dark.until, told: false, exact: true, by: dark.saidAt ?? dark.at });
    else if (dark.at > claim.until) claim.until = 0;
  });
  if (dark.kind !== 'silence') noteDarkPhases(world, burst, dark.phases, sensor);
  if (claim.reported > 0 && (burst.firstDark === 0 || claim.reported < burst.firstDark)) {
    burst.firstDark = claim.reported;
  }
  if (isInstant(dark)) {
    burst.firstReport = burst.firstReport === 0 ? dark.at : Math.min(burst.firstReport, dark.at);
    burst.lastReport = Math.max(burst.lastReport, dark.at);
  }
  if (isNew && dark.kind !== 'silence') {
    burst.lastHeard = arrival;
    narrow(burst, from, dark.at);
  }
  if (!cameBackWithOuter(world, burst, claim)) welcome(world, burst, claim);
  if (known === undefined) recallLater(world, burst);
}

/** Notes a return, and takes in those whom it shows to have been lost with it. */
function welcome(world: World, burst: Burst, claim: Claim, isNews = true): void {
  noteReturn(world, burst, claim, isNews);
  for (const stray of straysOf(world, burst, claim, CLOCK_ERROR_MS)) takeIn(world, burst, stray);
}

/** Moves a return; the burst it leaves keeps of it that there is supply from then on, which weighs nothing. */
function takeIn(world: World, burst: Burst, { from, claim: stray }: Stray): void {
  const sensor = world.sensors[stray.sensor];
  if (sensor === undefined) return;
  const { kinds, ...moved } = { ...stray, kinds: [...stray.kinds] as Claim['kinds'] };
  const phases = provenDark(stray);
  world.judge(from).change(stray.sensor, (claim) => {
    claim.kinds = [0, 0, 0];
  });
  from.restored = 0;
  from.carried = 0;
  for (const claim of from.claims.values()) noteReturn(world, from, claim, false);
  const claim = world.judge(burst).change(stray.sensor, (claim) => {
    Object.assign(claim, moved, { kinds });
  });
  noteDarkPhases(world, burst, phases, sensor);
  narrow(burst, claim.since, claim.first);
  noteReturn(world, burst, claim);
}

/** Keeps what is known of a burst's phases, and of who ran on through it, in step. */
function noteDarkPhases(world: World, burst: Burst, phases: PhaseMask, sensor: Sensor): void {
  const partial = burst.partial || phases !== sensor.phases;
  if (partial === burst.partial && (phases & ~burst.dark) === 0) return;
  burst.partial = partial;
  burst.dark |= phases;
  for (const { sensor: index, ran, lit } of burst.claims.values()) {
    const facts = world.sensors[index];
    if (ran === 0 || facts === undefined) continue;
    const spared = sparedPhases(burst, facts) & ~(lit & ~ran);
    if (spared === ran) continue;
    world.judge(burst).change(index, (claim) => {
      claim.lit = (claim.lit & ~ran) | spared;
      claim.ran = spared;
    });
  }
}

/**
 * The phases that one who ran on through a loss has kept. A meter on several phases runs on while one of them is dead, so
 * that only those count on which nobody lost anything; where all of them were lost together, it was not among the losers.
 */
function sparedPhases(burst: Burst, { phases }: Sensor): PhaseMask {
  if ((phases & (phases - 1)) === 0) return phases;
  const elsewhere = phases & ~burst.dark;
  return elsewhere !== 0 || burst.partial ? elsewhere : phases;
}

/** The instant of loss lies between the last live one and the evidence; a gasp is never long in coming. */
function onsetFrom(world: World, dark: Dark): Instant {
  const reach = 1000 * Math.max(world.settings.gaspHold_s, world.settings.gaspDelay_s) + GASP_REACH_MS;
  if (isReturn(dark.kind) || dark.kind === 'silence') return dark.since;
  if (dark.kind === 'generator') return Math.max(dark.since, dark.at - 6 * reach);
  if (dark.kind === 'dead_voltage' || dark.kind === 'lost_phase') {
    return dark.since > 0 ? dark.since : dark.at - reach;
  }
  return Math.max(dark.since, dark.at - reach);
}

function burstFor(world: World, index: number, sensor: Sensor, dark: Dark, from: Instant): Burst | undefined {
  const open: Burst[] = [];
  let fellSilent = false;
  for (const burst of world.state.bursts) {
    const claim = burst.claims.get(index);
    fellSilent ||= claim !== undefined && darkPhases(claim) !== 0 && provenDark(claim) === 0;
    if (claim !== undefined && provenDark(claim) !== 0) {
      if (claim.until === 0 && isBlink(burst) && dark.at > burst.restored + CLOCK_ERROR_MS) {
        setUntil(claim, {
          until: Math.max(claim.last, burst.restored),
          told: false,
          exact: false,
          by: dark.at,
        });
        world.judge(burst).touch(index);
        burst.dirty = true;
      }
      if (claim.until === 0 || dark.at <= claim.until) return burst;
      continue;
    }
    if (burst.past || from > burst.to + CLOCK_ERROR_MS || dark.at < burst.from - CLOCK_ERROR_MS) continue;
    if (isInstant(dark) && !isNear(world, burst, dark.at)) continue;
    open.push(burst);
  }
  const returned = open.filter((burst) => cameBackWith(burst, dark));
  const found = closest(world, (returned.length > 0 ? returned : open).reverse(), sensor.node);
  if (fellSilent) moveSilence(world, index, found);
  return found;
}

/** A return at the instant of a burst's return belongs there rather than to another that overlaps. */
function cameBackWith(burst: Burst, { kind, until }: Dark): boolean {
  if (!isReturn(kind) || until === undefined || burst.restored === 0) return false;
  return Math.abs(until - burst.restored) <= SAME_RETURN_MS;
}

/** Its silence, which might have belonged to several, is of this burst. */
function moveSilence(world: World, sensor: number, found: Burst | undefined): void {
  for (const burst of world.state.bursts) {
    const claim = burst.claims.get(sensor);
    if (burst === found || claim === undefined || provenDark(claim) !== 0 || darkPhases(claim) === 0)
      continue;
    forgetSilence(world, burst, sensor);
  }
}

function forgetSilence(world: World, burst: Burst, sensor: number): void {
  world.judge(burst).change(sensor, (claim) => {
    claim.kinds = [0, 0, 0];
  });
}

function isReturn(kind: Dark['kind']): boolean {
  return kind === 'return' || kind === 'told_return';
}

/** Evidence whose instant is the loss itself, to within the gasp delay. */
function isInstant({ kind }: Dark): boolean {
  return kind === 'gasp' || kind === 'on_battery' || kind === 'contact';
}

/** Reports of one loss follow each other closely; a longer pause in event time parts two losses. */
function isNear(world: World, burst: Burst, at: Instant): boolean {
  if (burst.firstReport === 0) return true;
  const pause = 1000 * world.settings.gaspDelay_s + CLOCK_ERROR_MS;
  return at >= burst.firstReport - pause && at <= burst.lastReport + pause;
}

/** The burst that a node fits best; the first of equals. */
export function closest(world: World, bursts: readonly Burst[], node: number): Burst | undefined {
  if (bursts.length < 2) return bursts[0];
  const ranks = bursts.map((burst) => closeness(world, burst, node));
  return bursts[ranks.indexOf(Math.max(...ranks))];
}

/** How well a node fits a burst: one of its affected, beside one of its dark neighbours, or just any. */
function closeness(world: World, burst: Burst, node: number): number {
  if (covers(world, burst, node)) return burst.claims.size + 2e6;
  return burst.claims.size + (hasDarkNeighbour(world, burst, node) ? 1e6 : 0);
}

function hasDarkNeighbour(world: World, burst: Burst, node: number): boolean {
  const { network } = world.current();
  const siblings = network.children[network.parent[node] ?? -1] ?? [];
  return siblings.some((sibling) =>
    (world.metersOf.get(sibling) ?? []).some((sensor) => {
      const claim = burst.claims.get(sensor);
      return sibling !== node && claim !== undefined && provenDark(claim) !== 0;
    }),
  );
}

/** Whether an incident of this burst already counts the unit among its own, and not as one that another keeps dark. */
function covers(world: World, burst: Burst, node: number): boolean {
  return world.state.incidents.some(
    ({ key, rounds }) =>
      burst.records.includes(key) &&
      rounds.some((round) => round.burst === burst.id && round.units.get(node)?.elsewhere === false),
  );
}

function narrow(burst: Burst, from: Instant, to: Instant): void {
  if (from > burst.from && from <= burst.to) burst.from = from;
  if (to < burst.to && to >= burst.from) burst.to = to;
}

export function beginBurst(world: World, from: Instant, to: Instant, arrival: Instant, past = false): Burst {
  const { state } = world;
  state.ordinals.burst += 1;
  const burst = newBurst(state.ordinals.burst, from, to, arrival, world.current().version);
  burst.past = past;
  state.bursts.push(burst);
  if (past) return burst;
  blindEarlierLosses(world, burst);
  world.state.links.gateways.forEach((_, gateway) => {
    joinGateway(world, burst, gateway);
  });
  return burst;
}

/** What is dark already by another loss cannot testify about this one. */
function blindEarlierLosses(world: World, burst: Burst): void {
  const judge = world.judge(burst);
  const blind = (sensor: number) => {
    judge.change(sensor, (claim) => {
      claim.blind = true;
    });
  };
  for (const record of world.state.incidents) {
    if (record.state !== 'open' || !record.published || !record.interrupts) continue;
    for (const entry of unitsOf(record).values()) {
      if (entry.until === 0) for (const sensor of world.metersOf.get(entry.unit) ?? []) blind(sensor);
    }
  }
  for (const other of world.state.bursts) {
    if (other === burst || other.records.length === 0) continue;
    for (const claim of other.claims.values()) {
      if (provenDark(claim) !== 0 && claim.until === 0) blind(claim.sensor);
    }
  }
}

/** Live readings that overtook the first evidence of the burst, and devices that fell silent before it. */
function recallLater(world: World, burst: Burst): void {
  const after = burst.to + CLOCK_ERROR_MS + 1;
  for (const device of spokeOrSilent(world, after)) {
    const sensor = world.sensors[device];
    const state = world.state.devices[device];
    if (sensor === undefined || state === undefined || burst.claims.has(device)) continue;
    const lit = sensor.phases & ~notLitSince(state, sensor.phases, after);
    if (lit !== 0) testifyLit(world, burst, device, sensor, lastReading(sensor, state, lit));
    else if (state.silent && countsAsSilent(world, device)) hearSilence(world, burst, device);
  }
}

/** The newest live reading of a device, as it was heard. */
function lastReading(sensor: Sensor, state: DeviceState, phases: PhaseMask): Lit {
  const at = litAt(state, phases);
  const upSince = sensor.selfPowered ? state.boot : 0;
  const gapUntil = gapBefore(state, at, sensor.device.interval_s);
  return { says: 'lit', role: 'meter', phases, at, proof: at, upSince, explicit: false, gapUntil };
}

/** Everybody who may have been live after an instant or is silent now; all devices where that instant is long past. */
function spokeOrSilent(world: World, after: Instant): Iterable<number> {
  const devices = world.lately.since(after);
  if (devices === null) return world.state.devices.keys();
  for (const device of world.silent) devices.add(device);
  return [...devices].sort((a, b) => a - b);
}

export function claimLit(world: World, burst: Burst, index: number, phases: PhaseMask): void {
  const sensor = world.sensors[index];
  if (sensor === undefined || sensor.device.backfeed || sensor.node < 0 || !sensor.device.inService) return;
  const known = burst.claims.get(index);
  if (known !== undefined && (known.blind || (known.lit & phases) === phases)) return;
  world.judge(burst).change(index, (claim) => {
    claim.lit |= phases;
    claim.ran &= ~phases;
  });
}

/** Nothing but that it ran on through the loss. */
function claimRan(world: World, burst: Burst, index: number, phases: PhaseMask): void {
  const known = burst.claims.get(index);
  if (known !== undefined && (known.blind || (known.lit & phases) === phases)) return;
  world.judge(burst).change(index, (claim) => {
    claim.ran |= phases & ~claim.lit;
    claim.lit |= phases;
  });
}

/** A device's silence weighs something only while its way to us is known to work. */
export function countsAsSilent(world: World, device: number): boolean {
  return world.state.devices[device]?.silent === true && pathHeard(world, device);
}

/** Silence joins a burst that something positive began; it never begins one. */
export function hearSilence(world: World, burst: Burst, device: number): void {
  const sensor = world.sensors[device];
  const state = world.state.devices[device];
  if (sensor === undefined || state === undefined || sensor.node < 0 || !sensor.selfPowered) return;
  const since = litAt(state, sensor.phases);
  if (since > burst.to + CLOCK_ERROR_MS) return;
  const known = burst.claims.get(device);
  if (known !== undefined && (known.blind || known.lit !== 0 || hasKind(known, 'silence'))) return;
  world.judge(burst).change(device, (claim) => {
    addDark(claim, 'silence', sensor.phases, Math.max(burst.to, state.spoke), since, world.state.at);
  });
}

/** Live evidence: it ends a claim, disproves one, or speaks against the loss, always for its own instant only. */
export function hearLit(world: World, index: number, lit: Lit): void {
  const sensor = world.sensors[index];
  if (sensor === undefined || sensor.node < 0 || !sensor.device.inService) return;
  for (const burst of world.state.bursts) {
    if (burst.past) continue;
    const claim = burst.claims.get(index);
    if (claim?.blind === true) noteBack(world, burst, claim, sensor, lit);
    else if (claim !== undefined && darkPhases(claim) !== 0) {
      endClaim(world, burst, claim, sensor, lit);
      claimBesides(world, burst, claim, lit);
    } else if (lit.at > burst.to + CLOCK_ERROR_MS) testifyLit(world, burst, index, sensor, lit);
  }
}

/** One that could not testify about the loss still shows when supply was back. */
function noteBack(world: World, burst: Burst, claim: Claim, sensor: Sensor, lit: Lit): void {
  if (lit.at <= burst.to || sensor.device.backfeed) return;
  const until = Math.max(burst.to, lit.proof);
  if (claim.until !== 0 && until >= claim.until) return;
  claim.until = until;
  world.judge(burst).touch(claim.sensor);
  burst.dirty = true;
}

/** A meter whose other phases went dark shows of the rest what any live one shows. */
function claimBesides(world: World, burst: Burst, claim: Claim, lit: Lit): void {
  const rest = lit.phases & ~darkPhases(claim);
  if (rest === 0 || lit.at <= burst.to + CLOCK_ERROR_MS || claim.until > 0) return;
  claimLit(world, burst, claim.sensor, rest);
}

function endClaim(world: World, burst: Burst, claim: Claim, sensor: Sensor, lit: Lit): void {
  const dark = darkPhases(claim);
  if ((dark & lit.phases) === 0 || isBefore(lit.at, claim)) return;
  if (sensor.device.backfeed && !lit.explicit) return;
  const state = world.state.devices[sensor.index];
  if (sensor.role === 'meter' && state !== undefined && notLitSince(state, dark, claim.last + 1) !== 0)
    return;
  if (disproves(burst, claim, lit)) {
    const told = provenDark(claim) !== 0;
    world.judge(burst).change(claim.sensor, (edited) => {
      edited.kinds = [0, 0, 0];
      edited.lit = told ? dark : 0;
      edited.until = 0;
    });
    if (!told) testifyLit(world, burst, claim.sensor, sensor, lit);
    return;
  }
  const { until: before, untilExact: wasExact } = claim;
  const rodeThrough = isBlink(burst) && lit.upSince > 0 && lit.upSince <= claim.first && !lit.explicit;
  const proof = rodeThrough ? Math.min(lit.proof, burst.restored) : lit.proof;
  setUntil(claim, {
    until: Math.max(claim.last, proof),
    told: lit.explicit,
    exact: lit.explicit || lit.upSince === proof,
    by: lit.at,
  });
  const isNews = claim.until !== before || claim.untilExact !== wasExact;
  if (isNews) world.judge(burst).touch(claim.sensor);
  if (claim.until !== before) burst.dirty = true;
  if (!cameBackWithOuter(world, burst, claim)) welcome(world, burst, claim, isNews);
}

/** An uptime is cut to seconds: a start computed from it may lie this much too late. */
const UPTIME_CUT_MS = 1_000;

/** A reading of before the loss that comes late, or twice, says nothing about its end. */
function isBefore(at: Instant, claim: Claim): boolean {
  return at <= claim.last || at <= claim.since || (cameBack(claim) && at < claim.first - UPTIME_CUT_MS);
}

/** Running without a break since before the loss it told: it never lost supply. What was measured stays measured. */
function disproves(burst: Burst, claim: Claim, lit: Lit): boolean {
  if (isBlink(burst) || lit.upSince === 0 || lit.explicit || claim.untilTold) return false;
  if (hasKind(claim, 'dead_voltage') || hasKind(claim, 'lost_phase') || cameBack(claim)) return false;
  const before = claim.since > 0 ? Math.min(claim.since, claim.first) : claim.first;
  return lit.upSince < before;
}

/** How a return became known. */
interface Proof {
  readonly until: Instant;
  readonly told: boolean;
  readonly exact: boolean;
  /** The instant of the message that shows it. */
  readonly by: Instant;
}

/** Told in so many words beats computed, computed beats seen; of equals the first message says it, whenever it arrives. */
function setUntil(claim: Claim, proof: Proof): void {
  if (claim.until > 0) {
    const rank = (told: boolean, exact: boolean) => (told ? 2 : 0) + (exact ? 1 : 0);
    const [known, now] = [rank(claim.untilTold, claim.untilExact), rank(proof.told, proof.exact)];
    if (now < known || (now === known && proof.by >= claim.untilBy)) return;
  }
  claim.until = proof.until;
  claim.untilTold = proof.told;
  claim.untilExact = proof.exact;
  claim.untilBy = proof.by;
}

/** Meters ride through a gap this short, so that they ran on says nothing about it. */
const RIDE_THROUGH_MS = 5_000;

function isBlink(burst: Burst): boolean {
  return burst.firstDark > 0 && burst.restored > 0 && burst.restored - burst.firstDark <= RIDE_THROUGH_MS;
}

/** Phases shown to have had supply all along by nothing but the meter having run on. */
function ranThrough(burst: Burst, sensor: Sensor, { phases, upSince }: Lit): PhaseMask {
  if (upSince === 0 || upSince > burst.to || isBlink(burst)) return 0;
  return sparedPhases(burst, sensor) & phases;
}

/** Whether a live reading shows that the loss passed this meter by, or only that supply is back. */
function bearsWitness(burst: Burst, restored: Instant, lit: Lit): 'lit_through' | 'came_back' | 'not_yet' {
  const ranOn = lit.upSince === 0 || lit.upSince <= burst.to;
  if (restored > 0 && lit.at >= restored) return 'came_back';
  if (!ranOn && !isBlink(burst)) return 'came_back';
  // The first to speak after a return looks as if it had been live all along: its next reading decides. Who spoke again
  // before the loss began has shown that its gap was another one.
  return lit.explicit || lit.gapUntil > burst.from ? 'not_yet' : 'lit_through';
}

function testifyLit(world: World, burst: Burst, index: number, sensor: Sensor, lit: Lit): void {
  if (sensor.device.backfeed) return;
  const ran = ranThrough(burst, sensor, lit);
  if (ran !== 0) claimRan(world, burst, index, ran);
  if (ran === lit.phases) return;
  const restored = burst.restored || (world.standby[index] === 1 ? burst.carried : 0);
  const may = bearsWitness(burst, restored, lit);
  if (may === 'not_yet') return;
  if (may === 'lit_through') {
    claimLit(world, burst, index, lit.phases);
    return;
  }
  const known = burst.claims.get(index);
  if (known !== undefined && (known.lit & lit.phases) === lit.phases) return;
  const until = Math.min(lit.at, lit.upSince > burst.to ? lit.upSince : restored || lit.at);
  if (known === undefined || known.until === 0 || until < known.until)
    world.judge(burst).noteBack(index, until);
}

/** Darkness that was over before anybody here heard of it: recorded, never live. */
export function hearPast(
  world: World,
  index: number,
  past: { phases: PhaseMask; from: Instant; until: Instant; since: Instant },
  arrival: Instant,
): void {
  const sensor = world.sensors[index];
  if (sensor === undefined || sensor.node < 0 || !sensor.device.inService) return;
  const found = world.state.bursts.find(
    (burst) =>
      burst.past &&
      past.since <= burst.to + CLOCK_ERROR_MS &&
      past.from >= burst.from - CLOCK_ERROR_MS &&
      !burst.claims.has(index),
  );
  const burst = found ?? beginBurst(world, past.since, past.from, arrival, true);
  burst.lastHeard = arrival;
  narrow(burst, past.since, past.from);
  const claim = world.judge(burst).change(index, (edited) => {
    addDark(edited, 'dead_voltage', past.phases, past.from, past.since, 0);
    setUntil(edited, { until: past.until, told: false, exact: false, by: past.until });
  });
  noteReturn(world, burst, claim);
}

/** The sensors of a device that play this role. */
export function roleOf(world: World, device: number, role: Sensor['role']): readonly number[] {
  if (role === 'meter') return [device];
  return (world.rolesOf[device] ?? []).filter((sensor) => world.sensors[sensor]?.role === role);
}
