import { compileShape } from '../contracts/shape-faults.ts';
import {
  controlTopic,
  type ScenarioJson,
  SIMULATOR_SECRET,
  type SimulatorActionJson,
  SimulatorControlSchema,
  type SimulatorStateJson,
  simulatorClient,
  stateTopic,
} from '../contracts/simulator.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Profiles } from '../core/readings/profile.ts';
import type { Site } from '../core/topology/site.ts';
import { toIso } from '../core/units/time.ts';
import { createFleet } from './fleet.ts';
import { createLink, type Link, type LinkCounts, type Message } from './link.ts';
import { createModbusServer } from './modbus-server.ts';
import { createNetwork } from './network.ts';
import { createTimeline } from './timeline.ts';
import { watchTruth } from './truth.ts';
import { createWorld, type Outcome } from './world.ts';

/** Longest sleep between two looks at the clock. */
const SLEEP_MAX_MS = 1_000;

export interface SimulatorDeps {
  readonly site: Site;
  readonly profiles: Profiles;
  /** `mqtt://host:port` */
  readonly broker: string;
  /** Secret per gateway or device id, and under `$simulator` that of the control channel; without that one there is none. */
  readonly credentials: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly seed?: string;
  /** Simulated seconds per second. */
  readonly speed?: number;
  /** Where the Modbus meters answer on loopback; 0 takes a free port, null serves none. */
  readonly modbusPort?: number | null;
  readonly gaspProbability?: number;
  /** First connects are spread over so long. */
  readonly spread_ms?: number;
  readonly scenario?: ScenarioJson;
  /** Takes lines of ground truth, one JSON object each. */
  readonly truth?: (lines: readonly string[]) => void;
  /** Told of every message the broker confirmed. */
  readonly acknowledged?: (message: Message) => void;
}

export interface Simulator extends Lifecycle {
  act(action: SimulatorActionJson): Outcome;
  /** Units really without supply now. */
  dark(): readonly string[];
  counts(): LinkCounts & { readonly connections: number; readonly connected: number };
  modbusPort(): number;
  state(): SimulatorStateJson;
}

/** The simulated world of one site: its network, its devices, and the hand that works its switches. */
export function createSimulator(deps: SimulatorDeps): Simulator {
  const { site, profiles, clock, log, seed = 'relight', speed = 1, scenario } = deps;
  const id = site.site.id;
  const started_ms = clock.monotonic();
  const begin = clock.now();
  const timeline = createTimeline(begin);
  const world = createWorld(site, timeline);
  const network = createNetwork({
    site,
    world,
    timeline,
    url: deps.broker,
    secretOf: (client) => deps.credentials[client],
    seed,
    spread_ms: deps.spread_ms ?? 2_000,
    onReport: (device) => fleet.report(device),
    onAcknowledged: (message) => deps.acknowledged?.(message),
  });
  const fleet = createFleet({
    site,
    profiles,
    world,
    timeline,
    network,
    seed,
    gaspProbability: deps.gaspProbability ?? site.site.detection.gaspProbability,
  });
  const modbus = createModbusServer(fleet.slaves, profiles, { port: deps.modbusPort ?? 0 });
  const write = (lines: readonly object[]) => deps.truth?.(lines.map((line) => JSON.stringify(line)));
  const truth = watchTruth(site, world, begin, write);
  let last: SimulatorStateJson['last'] = null;
  const control = createControl();
  let timer: NodeJS.Timeout | undefined;

  function createControl(): Link | null {
    const secret = deps.credentials[SIMULATOR_SECRET];
    if (secret === undefined) return null;
    return createLink({
      url: deps.broker,
      client: simulatorClient(id),
      secret,
      will: { topic: stateTopic(id), payload: JSON.stringify({ ...state(), running: false }), retain: true },
      subscribe: [controlTopic(id)],
      random: Math.random,
      onMessage: (_topic, payload) => obey(payload),
    });
  }

  function state(): SimulatorStateJson {
    return {
      at: toIso(timeline.now()),
      running: true,
      switches: site.nodes.flatMap(({ id: node, kind }, i) =>
        kind === 'breaker' || kind === 'feed'
          ? [{ node, closed: !world.isOpen(i) && !world.isFailed(i) }]
          : [],
      ),
      ties: site.ties.map((tie, i) => ({ id: tie.id, closed: world.isTied(i) })),
      last,
    };
  }

  function publishState(): void {
    control?.send({ topic: stateTopic(id), payload: JSON.stringify(state()), retain: true });
  }

  function obey(payload: Uint8Array): void {
    const message = readControl(payload);
    if (message === null) {
      log.warn('A control message that is none was passed over');
      return;
    }
    last = { id: message.id, outcome: act(message.do) };
    publishState();
  }

  function act(action: SimulatorActionJson): Outcome {
    catchUp();
    const outcome = apply(action);
    schedule();
    return outcome;
  }

  /** Acts at the instant the timeline stands at: a scenario's step is as exact as its file. */
  function apply(action: SimulatorActionJson): Outcome {
    const outcome = perform(action);
    write([{ action, at: toIso(timeline.now()), outcome }]);
    log.info('The simulated world was changed', { ...action, outcome });
    publishState();
    return outcome;
  }

  function perform(action: SimulatorActionJson): Outcome {
    const known = (found: boolean): Outcome => (found ? 'done' : 'unknown_node');
    switch (action.action) {
      case 'cut_link':
      case 'mend_link':
        return known(network.setCut(action.client, action.action === 'cut_link'));
      case 'disorder':
        return known(network.setDisorder(action.client, action.duplicates, action.delay_s * 1_000));
      case 'clock_error':
        return known(fleet.setClockError(action.device, action.offset_s * 1_000));
      case 'break_device':
      case 'repair_device':
        return known(fleet.setBroken(action.device, action.action === 'break_device'));
      case 'modbus_fault':
        return known(modbus.setFault(action.device, action.fault));
      default:
        return world.act(action);
    }
  }

  function catchUp(): void {
    timeline.advance(Math.floor(begin + (clock.monotonic() - started_ms) * speed));
  }

  function schedule(): void {
    clearTimeout(timer);
    const due = timeline.due();
    const wait_ms = due === null ? SLEEP_MAX_MS : (due - timeline.now()) / speed;
    timer = setTimeout(run, Math.min(SLEEP_MAX_MS, Math.max(1, wait_ms)));
  }

  function run(): void {
    catchUp();
    schedule();
  }

  return {
    act,
    dark: truth.dark,
    counts: network.counts,
    modbusPort: modbus.port,
    state,
    async start() {
      if (deps.modbusPort !== null && deps.modbusPort !== undefined) await modbus.start();
      catchUp();
      network.start();
      fleet.start();
      control?.up(0);
      publishState();
      for (const step of scenario?.steps ?? []) {
        timeline.at(timeline.now() + step.at_s * 1_000, () => apply(step.do));
      }
      run();
    },
    async stop() {
      clearTimeout(timer);
      await Promise.all([network.stop(), control?.stop(), modbus.stop()]);
    },
  };
}

const controlShape = compileShape(SimulatorControlSchema);

function readControl(payload: Uint8Array) {
  try {
    const json: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return controlShape.is(json) ? json : null;
  } catch {
    return null;
  }
}
