import type { Command, Heard } from '../incidents/engine.ts';
import type { DecodedMessage } from '../readings/message.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { EvidenceLine } from './line.ts';
import { textOf } from './payload.ts';

/** One message as it came, and where the journal has it. */
export interface RawMessage {
  readonly offset: number;
  readonly at: Instant;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Live readings of one device that are not written yet. */
interface OpenRun {
  readonly at: Instant;
  readonly offset: number;
  readonly topic: string;
  readonly payload: string;
  readonly encoding: 'text' | 'base64';
  readonly skew_ms: number | null;
  readonly lit: PhaseMask;
  readonly bursts: number;
  readonly epoch: number;
  // Of the last one: its arrival, the instant it speaks of, and when its device started, 0 where it does not say.
  until: Instant;
  spoke: Instant;
  boot: Instant;
  readings: number;
}

/** A recorder at rest; a JSON value. */
export interface RecorderState {
  readonly epoch: number;
  readonly runs: readonly (readonly [device: string, run: Readonly<OpenRun>])[];
}

/**
 * Thins a site's inputs to what detection needs to come to the same incidents: commands, remarkable messages, and one line
 * for a device's live readings in between. A pure fold: its lines follow from its inputs, whenever it is stopped.
 */
export interface EvidenceRecorder {
  /** After the engine heard a message that was not stored; null when it cannot tell, and all is kept. */
  message(raw: RawMessage, message: DecodedMessage, heard: Heard | null): readonly EvidenceLine[];
  command(at: Instant, offset: number, command: Command): readonly EvidenceLine[];
  /** Before the first input of a new hour; the log may be read from `hour` on. */
  turn(hour: Instant, offset: number, standing: readonly Command[]): readonly EvidenceLine[];
  /** The lines of what is still open as they would be now; written again, longer, when it ends. */
  open(): readonly EvidenceLine[];
  state(): RecorderState;
}

const NO_LINES: readonly EvidenceLine[] = [];
/** Stands for a reason: that there was one decides whether dark units may be closed. */
const UNTOLD = 'not kept here';

export function createRecorder(from: RecorderState | null): EvidenceRecorder {
  const runs = new Map<string, OpenRun>(from?.runs.map(([device, run]) => [device, runOf(run)]));
  let epoch = from?.epoch ?? 0;
  let lastOffset = -1;
  let commands = 0;

  function end(device: string): readonly EvidenceLine[] {
    const run = runs.get(device);
    if (run === undefined) return NO_LINES;
    runs.delete(device);
    return [lineOf(run)];
  }

  function extend(raw: RawMessage, device: string, heard: Heard): readonly EvidenceLine[] {
    const run = runs.get(device);
    if (run !== undefined && goesOn(run, raw, heard)) {
      run.until = raw.at;
      run.spoke = heard.at;
      run.boot = heard.boot;
      run.readings += 1;
      return NO_LINES;
    }
    const ended = end(device);
    const { at, offset, topic } = raw;
    const { skew_ms, lit, bursts } = heard;
    const said = { at, offset, topic, ...textOf(raw.payload), skew_ms, lit, bursts, epoch };
    runs.set(device, runOf({ ...said, until: at, spoke: heard.at, boot: heard.boot, readings: 1 }));
    return ended;
  }

  /** The last reading before a loss began, or before somebody said something, must stay exact. */
  function goesOn(run: OpenRun, { topic }: RawMessage, heard: Heard): boolean {
    return (
      run.epoch === epoch &&
      run.bursts === heard.bursts &&
      run.lit === heard.lit &&
      run.topic === topic &&
      (run.boot === 0) === (heard.boot === 0)
    );
  }

  return {
    message(raw, message, heard) {
      if (message.kind !== 'telemetry') return [...end(message.device), asItCame(raw, heard)];
      if (heard?.worth === 'nothing') return NO_LINES;
      if (heard?.worth === 'live') return extend(raw, message.device, heard);
      return [...end(message.device), asItCame(raw, heard)];
    },
    command(at, offset, command) {
      epoch += 1;
      commands = offset === lastOffset ? commands + 1 : 1;
      lastOffset = offset;
      return [{ kind: 'command', at, offset, index: commands, command: withoutPerson(command) }];
    },
    turn(hour, offset, standing) {
      const lines = [...runs.values()].map(lineOf);
      runs.clear();
      return [...lines, { kind: 'standing', at: hour, offset, index: 0, commands: standing }];
    },
    open: () => [...runs.values()].map(lineOf),
    state: () => ({ epoch, runs: [...runs].map(([device, run]) => [device, { ...run }] as const) }),
  };
}

/** Written out: an object made by spreading is slow to change, and every reading changes one. */
function runOf(run: Readonly<OpenRun>): OpenRun {
  const { at, offset, topic, payload, encoding, skew_ms, lit, bursts, epoch } = run;
  const { until, spoke, boot, readings } = run;
  return { at, offset, topic, payload, encoding, skew_ms, lit, bursts, epoch, until, spoke, boot, readings };
}

function lineOf(run: OpenRun): EvidenceLine {
  const { at, offset, topic, payload, encoding, skew_ms, until, spoke, boot, readings } = run;
  const late_ms = until - spoke;
  const uptime_s = boot === 0 ? null : (spoke - boot) / 1_000;
  const live = readings === 1 ? null : { until, readings, late_ms, uptime_s };
  return { kind: 'message', at, offset, index: 1, topic, payload, encoding, skew_ms, live };
}

function asItCame({ at, offset, topic, payload }: RawMessage, heard: Heard | null): EvidenceLine {
  const skew_ms = heard?.skew_ms ?? null;
  return { kind: 'message', at, offset, index: 1, topic, ...textOf(payload), skew_ms, live: null };
}

/** Who said it, and what else they wrote, is for the audit: the log outlives people's data. */
function withoutPerson(command: Command): Command {
  const { by: _, ...said } = command as Command & { readonly by?: string };
  return 'reason' in said ? { ...said, reason: UNTOLD } : said;
}
