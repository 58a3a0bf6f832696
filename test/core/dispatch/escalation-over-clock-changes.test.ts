import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { benchAt, reachableOf, type StaffFile } from '../../../core/dispatch/bench.ts';
import type { Dispatch } from '../../../core/dispatch/dispatch.ts';
import { type ClockStep, dueSteps, takeSteps } from '../../../core/dispatch/due-steps.ts';
import { openDispatch } from '../../../core/dispatch/open.ts';
import { DISPATCH_DEFAULTS } from '../../../core/dispatch/settings.ts';
import { oweSteps } from '../../../core/dispatch/tell.ts';
import type { Roster } from '../../../core/roster/roster.ts';

const MINUTE = 60_000;
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Shanghai',
];

/** Every change of the clock from 2010 to 2031; for a zone without any, the moments at which others change theirs. */
function changes(zone: string): readonly number[] {
  const found: number[] = [];
  const end = Date.parse('2031-01-01T00:00:00Z');
  const start = Temporal.Instant.from('2010-01-01T00:00:00Z').toZonedDateTimeISO(zone);
  for (let at = start.getTimeZoneTransition('next'); at !== null && at.epochMilliseconds < end; ) {
    found.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return found.length > 0 ? found : changes('Europe/Berlin');
}

/** One engineer a shift, so that who is called says which shift it was. */
function fileOf(starts: readonly string[]): StaffFile {
  const roster: Roster = {
    shifts: starts.map((start, i) => ({ id: `s${i}`, name: '', start })),
    crews: starts.map((_, i) => ({ id: `c${i}`, name: '', members: [`p${i}`] })),
    anchor: '2010-01-01',
    cycle: [starts.map((_, i) => `c${i}`)],
    holidays: [],
    leave: [],
    swaps: [],
    backups: [],
  };
  const members = starts.map((_, i) => ({
    id: `p${i}`,
    name: '',
    phone: `+861390000000${i}`,
    language: 'zh-CN' as const,
    skills: [],
    account: null,
    active: true,
  }));
  return { members, roster, settings: { ...DISPATCH_DEFAULTS, deskPhone: '+8613900000099' } };
}

/** The shift by what a clock on the wall shows; null within the hour that it shows twice, where it cannot tell. */
function byWallClock(starts: readonly string[], zone: string, at: number): number | null {
  const show = (instant: number) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  const shown = show(at).toPlainDateTime();
  const twice = shown.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds;
  if (twice !== shown.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds) return null;
  const passed = starts.filter((start) => start <= shown.toPlainTime().toString().slice(0, 5)).length;
  return passed === 0 ? starts.length - 1 : passed - 1;
}

interface Call {
  readonly key: string;
  /** When it fell due, and when it went out. */
  readonly due: number;
  readonly sent: number;
  readonly to: string;
}

/** A process that looks every minute except while it is down; a restart is the record read back from the store. */
function live(
  file: StaffFile,
  zone: string,
  from: number,
  down: readonly (readonly [number, number])[],
): Call[] {
  const { ordinary: rules } = DISPATCH_DEFAULTS.rules;
  const given = {
    id: 'd1',
    site: 's1',
    severity: 'ordinary',
    rules,
    concernsOwners: true,
    at: from,
  } as const;
  let record: Dispatch = openDispatch({ id: 'i1', detectedAt: from, onset: from }, given);
  const calls: Call[] = [];
  for (let at = from; at <= from + 170 * MINUTE; at += MINUTE) {
    if (down.some(([begin, end]) => begin <= at && at < end)) continue;
    const steps = dueSteps(record, at).filter((step): step is ClockStep => step.kind !== 'lapse');
    if (steps.length === 0) continue;
    record = JSON.parse(JSON.stringify(record));
    const who = reachableOf(benchAt(file, [], zone, at));
    for (const step of steps) {
      const owed = oweSteps(record, [step], who, at);
      record = owed.dispatch;
      for (const { recipient } of owed.notices) {
        calls.push({ key: step.key, due: step.at, sent: at, to: recipient });
      }
    }
    record = takeSteps(record, steps);
  }
  return calls;
}

const starts = fc
  .uniqueArray(fc.integer({ min: 0, max: 47 }), { minLength: 1, maxLength: 5 })
  .map((slots) =>
    slots
      .sort((a, b) => a - b)
      .map((slot) => `${String(Math.floor(slot / 2)).padStart(2, '0')}:${slot % 2 === 0 ? '00' : '30'}`),
  );
const cases = fc.record({
  starts,
  /** Minutes before the change at which the incident is noticed. */
  before: fc.integer({ min: -30, max: 160 }),
  down: fc.array(fc.tuple(fc.nat(150), fc.integer({ min: 1, max: 60 })), { maxLength: 3 }),
});

/** The whole chain of an incident to which nobody ever goes, in minutes that were lived through. */
const CHAIN = [
  'dispatch.1.warning@12',
  'dispatch.1.escalation.1@15',
  'dispatch.1.escalation.2@20',
  'on_site.1.warning@24',
  'dispatch.1.escalation.3@30',
  'on_site.1.escalation.1@30',
  'on_site.1.escalation.2@35',
  'on_site.1.escalation.3@45',
  'informed.1.warning@96',
  'informed.1.escalation.1@120',
  'informed.1.escalation.2@125',
  'informed.1.escalation.3@135',
];

describe.each(ZONES)('an escalation over every change of the clock in %s', (zone) => {
  it('takes each step once, at its minute, whatever was down, and calls the shift on duty', () => {
    for (const change of changes(zone)) {
      fc.assert(
        fc.property(cases, ({ starts: times, before, down }) => {
          const from = change - before * MINUTE;
          const spells = down.map(
            ([begin, length]) => [from + begin * MINUTE, from + (begin + length) * MINUTE] as const,
          );
          const calls = live(fileOf(times), zone, from, spells);
          const taken = calls.map(({ key, due }) => `${key}@${(due - from) / MINUTE}`);
          expect([...taken].sort()).toEqual([...CHAIN].sort());
          for (const { key, due, sent, to } of calls) {
            // The look after a spell at the latest, else the one after it fell due.
            const away = spells.some(([begin, end]) => begin <= due + MINUTE && due < end);
            expect(sent).toBeGreaterThan(due);
            if (!away) expect(sent).toBe(due + MINUTE);
            if (!key.endsWith('escalation.2')) continue;
            const shift = byWallClock(times, zone, sent);
            if (shift !== null) expect(to).toBe(`+861390000000${shift}`);
          }
        }),
        { numRuns: 2 },
      );
    }
  });
});
