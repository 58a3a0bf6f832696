import type { Clock } from '../../core/ports/clock.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { RegisterBlock } from '../../core/readings/modbus-registers.ts';
import { createLink } from './link.ts';
import { createSlave, type Slave, type SlaveSpec } from './slave.ts';

export interface LineDeps {
  readonly host: string;
  readonly port: number;
  readonly deadline_ms: number;
  readonly probeDeadline_ms: number;
  readonly connectTimeout_ms: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** The slave is there; `blocks` holds what it answered, nothing when it answered with exceptions only. */
  readonly onAnswer: (spec: SlaveSpec, blocks: readonly RegisterBlock[]) => void;
  /** The slave was silent for too long while the line itself was well, or has no gateway to blame. */
  readonly onSilent: (spec: SlaveSpec) => void;
  readonly onLine: (up: boolean) => void;
}

/** Exceptions of a gateway that speak of its target: path unavailable, target failed to respond. */
const TARGET_SILENT = new Set([0x0a, 0x0b]);
/** Dead slaves together get at most one part in this many of the line's time. */
const PROBE_SHARE = 5;
const SHORTEST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** Silences in a row, of different slaves where there are several, that mean the connection leads nowhere. */
const SILENCES = 2;
const IDLE_MS = 60_000;

/**
 * Polls the slaves that share one connection, one request at a time, each in its period. A slave that stays silent is
 * taken off the round and probed with what time the others can spare; the connection is rebuilt when it is lost, when
 * it leads nowhere, and when what comes over it is no answer.
 */
export function createLine(deps: LineDeps) {
  const { clock, telemetry } = deps;
  const link = createLink(deps);
  let slaves: readonly Slave[] = [];
  let stopped = false;
  let retryAt_ms = Number.NEGATIVE_INFINITY;
  let probeAt_ms = Number.NEGATIVE_INFINITY;
  let up: boolean | null = null;
  let silences = 0;
  let wake: () => void = () => {};
  let running: Promise<void> | null = null;

  const now_ms = () => clock.monotonic();

  async function run(): Promise<void> {
    while (!stopped) {
      const now = now_ms();
      const slave = nextDue(now);
      if (slave === null) await sleep(nextTime() - now);
      else if (slave.isTripped()) await probe(slave);
      else await poll(slave);
    }
  }

  /** Living slaves first; a dead one only when its turn has come and the probes' share allows. */
  function nextDue(now: number): Slave | null {
    if (now < retryAt_ms) return null;
    const due = slaves.filter((slave) => slave.next_ms() <= now);
    const living = due.filter((slave) => !slave.isTripped());
    if (living.length > 0) return earliest(living);
    return now >= probeAt_ms ? earliest(due) : null;
  }

  function nextTime(): number {
    const times = slaves.map((slave) => Math.max(slave.next_ms(), slave.isTripped() ? probeAt_ms : 0));
    return Math.max(retryAt_ms, Math.min(now_ms() + IDLE_MS, ...times));
  }

  async function poll(slave: Slave): Promise<void> {
    telemetry.count('relight_modbus_periods_missed_total', {}, slave.advance(now_ms()));
    if (!(await openLine())) {
      if (slave.spec.via === null && slave.failed()) deps.onSilent(slave.spec);
      return;
    }
    const blocks: RegisterBlock[] = [];
    let alive = false;
    for (const block of slave.blocks) {
      const answer = await readAgainIfLost(slave, block, deps.deadline_ms);
      countOutcome(answer.outcome);
      if (answer.outcome === 'values') blocks.push({ address: block.address, bytes: answer.bytes });
      if (answer.outcome === 'values' || answer.outcome === 'exception') alive = true;
      else break;
    }
    if (!slaves.includes(slave)) return;
    if (alive) succeed(slave, blocks);
    else fail(slave);
  }

  async function probe(slave: Slave): Promise<void> {
    slave.advance(now_ms());
    if (!(await openLine())) return;
    const began = now_ms();
    const answer = await readAgainIfLost(slave, slave.probe, deps.probeDeadline_ms);
    countOutcome(answer.outcome);
    probeAt_ms = now_ms() + (now_ms() - began) * (PROBE_SHARE - 1);
    if (answer.outcome !== 'values' && answer.outcome !== 'exception') return;
    slave.answered();
    slave.pollNow(now_ms());
  }

  /** A connection that an idle peer closed shows it only at the first write: that costs no reading. */
  async function readAgainIfLost(slave: Slave, block: Slave['probe'], deadline_ms: number) {
    const { unit, map } = slave.spec;
    let answer = await link.read(unit, map.function, block, deadline_ms);
    if (answer.outcome === 'lost' && !stopped && (await openLine())) {
      answer = await link.read(unit, map.function, block, deadline_ms);
    }
    // A gateway that speaks of its target's silence is well itself.
    const silentTarget = answer.outcome === 'exception' && TARGET_SILENT.has(answer.code);
    if (answer.outcome === 'exception') {
      telemetry.count('relight_modbus_exceptions_total', { code: String(answer.code) });
    }
    // That a dead slave stays silent says nothing about the connection while others live on it.
    const telling = !slave.isTripped() || slaves.every((other) => other.isTripped());
    if (answer.outcome !== 'silent') silences = 0;
    else if (telling && ++silences >= Math.min(SILENCES, slaves.length)) {
      silences = 0;
      link.drop('silent');
    }
    return silentTarget ? { outcome: 'target_silent' as const } : answer;
  }

  async function openLine(): Promise<boolean> {
    const open = await link.open();
    if (stopped) return false;
    if (!open) {
      const shortest_ms = Math.min(...slaves.map((slave) => slave.spec.interval_ms));
      retryAt_ms = now_ms() + Math.min(LONGEST_RETRY_MS, Math.max(SHORTEST_RETRY_MS, shortest_ms));
    }
    if (open !== up) {
      up = open;
      deps.onLine(open);
    }
    return open;
  }

  function succeed(slave: Slave, blocks: readonly RegisterBlock[]): void {
    slave.answered();
    deps.onAnswer(slave.spec, blocks);
  }

  function fail(slave: Slave): void {
    if (slave.failed()) deps.onSilent(slave.spec);
  }

  function countOutcome(outcome: string): void {
    telemetry.count('relight_modbus_reads_total', { outcome });
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, Math.min(ms, IDLE_MS)));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    start(): void {
      running = run();
    },

    async stop(): Promise<void> {
      stopped = true;
      wake();
      link.close();
      await running;
      link.close();
    },

    /** Replaces what is polled; a slave whose spec is the same object keeps its schedule and breaker. */
    setSlaves(specs: readonly SlaveSpec[]): void {
      const known = new Map(slaves.map((slave) => [slave.spec, slave]));
      slaves = specs.map((spec) => known.get(spec) ?? createSlave(spec, now_ms()));
      const units = new Set(specs.map((spec) => spec.unit));
      for (const spec of known.keys()) if (!units.has(spec.unit)) link.forget(spec.unit);
      wake();
    },
  };
}

export type Line = ReturnType<typeof createLine>;

function earliest(slaves: readonly Slave[]): Slave | null {
  return slaves.reduce<Slave | null>(
    (best, slave) => (best === null || slave.next_ms() < best.next_ms() ? slave : best),
    null,
  );
}
