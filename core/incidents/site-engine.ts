import { type DeviceRecord, restoredDeviceStates } from '../detection/device-state.ts';
import type { Profiles } from '../readings/profile.ts';
import { DETECTION_DEFAULTS } from '../topology/detection-defaults.ts';
import { idOf } from '../topology/network.ts';
import type { Site } from '../topology/site.ts';
import { devicesToAsk } from './asking.ts';
import { followByHand } from './by-hand.ts';
import { collectChanges, NO_CHANGES } from './changes.ts';
import { closeProven } from './closing.ts';
import { obey, renewWindows } from './commands.ts';
import { judgeLinks } from './communication.ts';
import { judgeRelays } from './customer.ts';
import { draftStorm } from './draft.ts';
import { isDue, rootsOf } from './due.ts';
import type { Changes, EngineInput, NewId, SiteEngine } from './engine.ts';
import { welcomeGateways } from './gateways.ts';
import { hearMessage } from './hear-message.ts';
import { supplyStates } from './node-states.ts';
import { completed } from './older-snapshot.ts';
import { judgePatterns } from './pattern-incidents.ts';
import { followPlanned, openOverruns } from './planned.ts';
import { PORTION } from './portion.ts';
import { reconcile } from './reconcile.ts';
import { publish } from './record.ts';
import { retire } from './retire.ts';
import { changeService } from './service.ts';
import { freeze, thaw } from './snapshot.ts';
import { standingCommands } from './standing.ts';
import { createWatchdog } from './watchdog.ts';
import { createWorld, type EngineState, newState, type World } from './world.ts';

/** The verdict machine of a site that has heard nothing yet. */
export function createSiteEngine(site: Site, profiles: Profiles, newId: NewId): SiteEngine {
  return engineOver((state) => createWorld(served(site, state), profiles, newId, state), newState(site, 0));
}

/** Continues exactly where the snapshot was taken. Throws when the snapshot is not one of this site's shape. */
export function restoreSiteEngine(
  site: Site,
  profiles: Profiles,
  newId: NewId,
  snapshot: unknown,
): SiteEngine {
  const thawed = thaw(snapshot);
  if (!isState(thawed, site)) throw new Error(`this is no snapshot of site '${site.site.id}'`);
  const state: EngineState = { ...thawed, devices: restoredDeviceStates(thawed.devices) };
  return engineOver((now) => createWorld(served(site, now), profiles, newId, now), completed(state));
}

const NOBODY: readonly string[] = [];

/** The site with every setting filled in, and without the devices that people took out of service. */
function served(site: Site, { outOfService = [] }: EngineState): Site {
  const out = new Set(outOfService);
  return {
    ...site,
    site: { ...site.site, detection: { ...DETECTION_DEFAULTS, ...site.site.detection } },
    devices: site.devices.map((device) => (out.has(device.id) ? { ...device, inService: false } : device)),
  };
}

/** The state as a snapshot holds it. */
type ThawedState = Omit<EngineState, 'devices'> & { readonly devices: readonly DeviceRecord[] };

function isState(value: unknown, site: Site): value is ThawedState {
  if (typeof value !== 'object' || value === null) return false;
  if (!('devices' in value && Array.isArray(value.devices) && 'bursts' in value && 'ledger' in value))
    return false;
  return value.devices.length === site.devices.length;
}

function engineOver(build: (state: EngineState) => World, state: EngineState): SiteEngine {
  let world = build(state);
  let watchdog = createWatchdog(world);
  let asks = NOBODY;

  function step(act: () => void, ticks = false): Changes {
    const behind = state.touched.size > 0;
    world.step.moved = 0;
    act();
    evaluate(world, behind);
    if (ticks) asks = state.incidents.length === 0 ? NOBODY : devicesToAsk(world);
    return collectChanges(world, behind);
  }

  return {
    apply(input: EngineInput): Changes {
      state.at = input.at;
      switch (input.kind) {
        case 'message':
          if (!input.stored) hearMessage(world, watchdog, input.message, input.at, input.skew_ms);
          return NO_CHANGES;
        case 'command':
          return step(() => {
            obey(world, input.command);
            if (input.command.type !== 'out_of_service') return;
            if (!changeService(world, input.command.device, input.command.out)) return;
            world = build(state);
            watchdog = createWatchdog(world);
          });
        case 'tick':
          return step(() => watchdog.tick(input.at), true);
      }
    },
    asks: () => asks,
    nodeStates: () => supplyStates(world),
    openIncidents() {
      const { network } = world.current();
      const momentary = 1000 * world.settings.momentary_s;
      return state.incidents
        .filter((record) => record.published && record.state === 'open')
        .map((record) => publish(record, (unit) => idOf(network, unit), momentary));
    },
    remembers: (incident) => state.incidents.some(({ id }) => id === incident),
    outOfService: () => state.outOfService ?? [],
    heard: () => world.heard,
    standing: () => standingCommands(world.site, state),
    snapshot: () => freeze(state),
  };
}

/**
 * One step of judgement at the present instant. Messages only move evidence; everything else happens here. Nothing is
 * forgotten while the ledger is `behind`.
 */
function evaluate(world: World, behind: boolean): void {
  const { state } = world;
  if (state.planned.length > 0) renewWindows(world);
  if (state.bursts.length > 0) judgeBursts(world);
  if (state.incidents.length > 0) {
    followByHand(world);
    closeProven(world);
    if (state.bursts.some(({ nestedUnder, records }) => nestedUnder !== 0 && records.length === 0))
      judgeBursts(world);
    followOverruns(world);
  }
  if (state.planned.length > 0) openOverruns(world);
  if (state.incidents.some(({ changed }) => changed)) state.links.dirty = true;
  judgeLinks(world);
  judgePatterns(world);
  if (state.relays.size > 0 || state.incidents.length > 0) judgeRelays(world);
  if (!behind && state.bursts.length + state.incidents.length + state.ledger.size > 0) retire(world);
}

function judgeBursts(world: World): void {
  const { state, settings } = world;
  let roots = rootsOf(world);
  for (const burst of [...state.bursts]) {
    if (!burst.gaspsDue && state.at >= burst.firstHeard + 1000 * settings.gaspDelay_s) {
      burst.gaspsDue = true;
      world.judge(burst).set.countMissingGasps();
      burst.dirty = true;
      // Of a storm this is one step's work; its verdict is the next one's.
      if (burst.claims.size > PORTION) continue;
    }
    if (burst.dirty) welcomeGateways(world, burst);
    if (isDue(world, burst, roots)) {
      reconcile(world, burst);
      roots = rootsOf(world);
    }
    if (burst.waiting) draftStorm(world, burst);
  }
}

function followOverruns(world: World): void {
  for (const record of world.state.incidents) {
    if (record.overrunOf === 0) continue;
    const planned = world.state.incidents.find(({ key }) => key === record.overrunOf);
    if (planned === undefined) continue;
    followPlanned(world, record, planned);
    if (planned.state !== 'restored' || record.state !== 'open') continue;
    record.state = 'restored';
    record.restoredAt = planned.restoredAt;
    record.closedAt = planned.closedAt;
    record.changed = true;
  }
}
