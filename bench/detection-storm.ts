import type { Changes } from '../core/incidents/engine.ts';
import type { Incident } from '../core/incidents/incident.ts';
import { cpu_ms, type Drive, driveEngine } from './engine-drive.ts';
import { type Figure, quantileOf } from './figures.ts';
import { BEHIND_MAIN, stormSite } from './storm-site.ts';

const METERS = 100_000;
const INTERVAL_S = 60;
const QUIET_S = 90;
const OUTAGE_S = 300;
const AFTER_S = 150;
const HOLD_MS = 5_000;
const STEP_MS = 50;
const VERDICT_MS = 1_000;

/** A large site in quiet operation, then ten thousand meters going dark, and coming back, within one second each. */
export async function measureStorm(say: (text: string) => void): Promise<readonly Figure[]> {
  const drive = await driveEngine(stormSite(METERS), true);
  const told = createTally(drive);
  live(drive, told, INTERVAL_S, 0);
  drive.longest();

  const ticks: number[] = [];
  const perMessage: number[] = [];
  for (let second = 0; second < QUIET_S; second += 1) {
    const began = cpu_ms();
    report(drive, 0);
    perMessage.push(((cpu_ms() - began) * 1000 * INTERVAL_S) / METERS);
    drive.tick();
    ticks.push(drive.longest().tick);
  }
  say(
    `quiet, ${METERS} meters, ${Math.round(METERS / INTERVAL_S)} messages/s: ${quantileOf(perMessage, 0.5).toFixed(1)} µs a message, ` +
      `ticks p50 ${quantileOf(ticks, 0.5).toFixed(2)} ms, worst ${Math.max(...ticks).toFixed(1)} ms`,
  );

  const began = drive.now();
  everyOne(drive, 'power_lost');
  live(drive, told, OUTAGE_S, BEHIND_MAIN);
  const loss = drive.longest();
  say(told.report('dark', began));
  const incidents = [...told.incidents.values()];
  const verdict_ms = (incidents[0]?.detectedAt ?? Number.NaN) - began - HOLD_MS;

  const back = drive.now();
  told.reset();
  everyOne(drive, 'power_restored');
  live(drive, told, AFTER_S, 0);
  const regain = drive.longest();
  say(told.report('back', back));

  const after = [...told.incidents.values()];
  const summary = after.map(({ root, state, affected }) => `${root} ${state}, ${affected.length} units`);
  return [
    {
      name: 'storm of 10,000 meters: incidents',
      value: summary.join('; '),
      aim: `one, M0, ${BEHIND_MAIN} units, restored`,
      met: summary.join() === `M0 restored, ${BEHIND_MAIN} units`,
    },
    {
      name: 'storm: verdict after the hold',
      value: `${(verdict_ms / 1000).toFixed(1)} s`,
      aim: `${VERDICT_MS / 1000} s`,
      met: verdict_ms <= VERDICT_MS,
    },
    stepFigure('tick in quiet operation', Math.max(...ticks)),
    stepFigure('storm, going dark: longest message', loss.message),
    stepFigure('storm, going dark: longest tick', loss.tick),
    stepFigure('storm, coming back: longest message', regain.message),
    stepFigure('storm, coming back: longest tick', regain.tick),
  ];
}

function stepFigure(name: string, ms: number): Figure {
  return { name, value: `${ms.toFixed(1)} ms`, aim: `${STEP_MS} ms`, met: ms <= STEP_MS };
}

function everyOne(drive: Drive, type: 'power_lost' | 'power_restored'): void {
  for (let meter = 0; meter < BEHIND_MAIN; meter += 1) {
    if (meter % 11 === 10) drive.wait(1);
    drive.event(`m${(meter * 7919) % BEHIND_MAIN}`, type);
  }
}

/** Seconds in which all meters but the first `dark` report in turn. */
function live(drive: Drive, told: Tally, seconds: number, dark: number): void {
  for (let second = 0; second < seconds; second += 1) {
    told.take(drive.tick());
    report(drive, dark);
  }
}

function report(drive: Drive, dark: number): void {
  const turn = Math.floor(drive.now() / 1000) % INTERVAL_S;
  for (let meter = turn; meter < METERS; meter += INTERVAL_S) if (meter >= dark) drive.telemetry(`m${meter}`);
}

type Tally = ReturnType<typeof createTally>;

/** What was told, and when the last of it. */
function createTally(drive: Drive) {
  const incidents = new Map<string, Incident>();
  let lines = { count: 0, last: 0 };
  let notices = { count: 0, last: 0 };
  return {
    incidents,
    take(changes: Changes): void {
      for (const incident of changes.incidents) incidents.set(incident.id, incident);
      const last = drive.now();
      if (changes.ledger.length > 0) lines = { count: lines.count + changes.ledger.length, last };
      if (changes.notices.length > 0) notices = { count: notices.count + changes.notices.length, last };
    },
    reset(): void {
      lines = { count: 0, last: 0 };
      notices = { count: 0, last: 0 };
    },
    report: (name: string, since: number) =>
      `${name}: ${lines.count} ledger lines, the last after ${((lines.last - since) / 1000).toFixed(1)} s; ` +
      `${notices.count} notices, the last after ${((notices.last - since) / 1000).toFixed(1)} s`,
  };
}
