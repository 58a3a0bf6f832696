import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { announce, isPlanRefusal, move } from '../../../core/planned/change.ts';
import { duePlanSteps, nextPlanStepAt, takePlanSteps } from '../../../core/planned/due-steps.ts';
import type { PlannedOutage } from '../../../core/planned/outage.ts';
import { tellCancel, tellMove, tellSteps } from '../../../core/planned/tell.ts';

const HOUR = 3_600_000;
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Shanghai',
];
const PEOPLE = new Map([
  ['+861', ['1', '2']],
  ['+862', ['3']],
]);

function planned(from: number, at: number, exemption?: string): PlannedOutage {
  const rules = { required_h: [168, 24], ahead_h: [168, 72, 24], grace_s: 900 };
  const about = { id: 'p', site: 's', work: 'repair', note: null, rules, nodes: ['R1'] } as const;
  const given = { by: 'u', at, ...(exemption === undefined ? {} : { exemption }) };
  const plan = announce({ ...about, from, to: from + 3 * HOUR }, given);
  if (isPlanRefusal(plan)) throw new Error(plan.refused);
  return { ...plan, bound: 1 };
}

/** Looks at these instants only, as a process that is started and killed would. */
function run(plan: PlannedOutage, looks: readonly number[]) {
  let now = plan;
  const told: string[] = [];
  for (const at of looks) {
    const steps = duePlanSteps(now, 'on_or_unknown', at);
    const after = tellSteps(takePlanSteps(now, steps), steps, PEOPLE, at);
    now = after.plan;
    told.push(...after.notices.map(({ recipient, stage, revision }) => `${recipient} ${stage} ${revision}`));
  }
  return { plan: now, told };
}

describe('the steps of a planned outage', () => {
  it('are taken once each, whenever and however often somebody looks', () => {
    const from = 1_000 * HOUR;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 800, max: 1_010 }), { maxLength: 40 }), (hours) => {
        const looks = [...hours.sort((a, b) => a - b), 1_100].flatMap((hour) => [hour * HOUR, hour * HOUR]);
        const { plan, told } = run(planned(from, 790 * HOUR), looks);
        expect(new Set(told).size).toBe(told.length);
        expect(plan.steps.map(({ key }) => key).sort()).toEqual(
          [`ahead.168.${from}`, `ahead.24.${from}`, `ahead.72.${from}`, 'end', 'start'].sort(),
        );
        expect(plan.state).toBe('ended');
        expect(nextPlanStepAt(plan)).toBeNull();
      }),
    );
  });

  it.each(ZONES)('stand as far before the beginning over every change of the clock in %s', (zone) => {
    let at = Temporal.ZonedDateTime.from(`2026-01-01T00:00[${zone}]`);
    for (let n = 0; n < 4; n += 1) {
      const change = at.getTimeZoneTransition('next');
      if (change === null) break;
      at = change;
      const from = change.epochMilliseconds + 30 * HOUR;
      const plan = planned(from, from - 400 * HOUR);
      for (const hours of [168, 72, 24]) {
        expect(duePlanSteps(plan, 'on_or_unknown', from - hours * HOUR).length).toBe(
          1 + duePlanSteps(plan, 'on_or_unknown', from - hours * HOUR - 1).length,
        );
      }
    }
  });

  it('missed together are one message a person: the latest says all', () => {
    const from = 1_000 * HOUR;
    const { told } = run(planned(from, 900 * HOUR, 'urgent'), [980 * HOUR]);
    expect(told).toEqual(['+861 planned_ahead 1', '+862 planned_ahead 1']);
  });

  it('wait for supply within the grace, and are an overrun after it', () => {
    const from = 1_000 * HOUR;
    const begun = run(planned(from, 790 * HOUR), [from]).plan;
    const to = from + 3 * HOUR;
    expect(duePlanSteps(begun, 'off', to + 899_999)).toEqual([]);
    expect(duePlanSteps(begun, 'off', to + 900_000)).toMatchObject([{ kind: 'overrun' }]);
    expect(duePlanSteps(begun, 'on_or_unknown', to)).toMatchObject([{ kind: 'end' }]);
  });
});

describe('a planned outage that is moved', () => {
  const from = 1_000 * HOUR;
  const given = { by: 'u', at: 850 * HOUR };

  it('is corrected for those who were told, taken back for those it no longer concerns, told to nobody else', () => {
    const { plan } = run(planned(from, 790 * HOUR), [840 * HOUR]);
    const moved = move(plan, { nodes: ['R2'], from: from + 100 * HOUR, to: from + 103 * HOUR }, given);
    if (isPlanRefusal(moved)) throw new Error(moved.refused);
    const people = new Map([
      ['+861', ['1']],
      ['+863', ['9']],
    ]);
    const told = tellMove(moved, people, given.at);
    expect(told.notices.map(({ recipient, stage, premises }) => [recipient, stage, premises])).toEqual([
      ['+861', 'planned_changed', ['1']],
      ['+862', 'planned_cancelled', ['3']],
    ]);
    expect(tellCancel(told.plan, given.at).notices.map(({ recipient }) => recipient)).toEqual(['+861']);
  });

  it('tells of the new window at its own reminders, to whom the correction did not', () => {
    const { plan } = run(planned(from, 790 * HOUR), [840 * HOUR]);
    const later = move(plan, { nodes: ['R1'], from: from + 100 * HOUR, to: from + 103 * HOUR }, given);
    if (isPlanRefusal(later)) throw new Error(later.refused);
    const { plan: told } = tellMove(later, PEOPLE, given.at);
    expect(run(told, [(1_100 - 168) * HOUR]).told).toEqual(['+861 planned_ahead 2', '+862 planned_ahead 2']);
  });

  it('can only end later or earlier once it has begun', () => {
    const begun = run(planned(from, 790 * HOUR), [from]).plan;
    const during = { by: 'u', at: from + HOUR };
    const window = { nodes: ['R1'], from: from + 2 * HOUR, to: from + 9 * HOUR };
    expect(move(begun, window, during)).toMatchObject({ refused: 'started' });
    expect(move(begun, { ...window, from }, during)).toMatchObject({ to: from + 9 * HOUR });
  });
});

it('late notice is refused without a reason, with the periods it misses', () => {
  expect(() => planned(1_000 * HOUR, 980 * HOUR)).toThrow('notice_too_late');
});
