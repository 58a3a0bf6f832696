import type { Owed, PlannedStage } from '../notices/notice.ts';
import type { Instant } from '../units/time.ts';
import type { PlanStep } from './due-steps.ts';
import type { PlannedOutage } from './outage.ts';

type People = ReadonlyMap<string, readonly string[]>;

export interface PlanTelling {
  readonly plan: PlannedOutage;
  readonly notices: readonly Owed<PlannedStage>[];
}

/** What the steps owe, each person one message: of several that fell due together the latest says all. */
export function tellSteps(
  plan: PlannedOutage,
  steps: readonly PlanStep[],
  people: People,
  at: Instant,
): PlanTelling {
  const last = steps.at(-1);
  if (last === undefined || last.kind === 'overrun') return { plan, notices: [] };
  const telling = createTelling(plan, at);
  switch (last.kind) {
    case 'ahead':
    case 'start':
      for (const [recipient, premises] of people) {
        const known = plan.told[recipient];
        // Who was told this very window after the step fell due knows it already.
        const knows = known?.version === plan.version && known.at >= last.at;
        if (!knows || last.kind === 'start')
          telling.owe(recipient, last.kind === 'start' ? 'planned_start' : 'planned_ahead', premises);
      }
      break;
    case 'end':
      return tellEnd(plan, at);
  }
  return telling.done();
}

/** A moved window is told to those who were told another, and taken back for whom it no longer concerns. */
export function tellMove(plan: PlannedOutage, people: People, at: Instant): PlanTelling {
  const telling = createTelling(plan, at);
  for (const [recipient, known] of Object.entries(plan.told)) {
    const now = people.get(recipient);
    if (now === undefined) telling.owe(recipient, 'planned_cancelled', known.premises);
    else telling.owe(recipient, 'planned_changed', now);
  }
  return telling.done();
}

export function tellCancel(plan: PlannedOutage, at: Instant): PlanTelling {
  const telling = createTelling(plan, at);
  for (const [recipient, { premises }] of Object.entries(plan.told)) {
    telling.owe(recipient, 'planned_cancelled', premises);
  }
  return telling.done();
}

/** Whoever was told of it hears that it is over. */
export function tellEnd(plan: PlannedOutage, at: Instant): PlanTelling {
  const telling = createTelling(plan, at);
  for (const [recipient, { premises }] of Object.entries(plan.told)) {
    telling.owe(recipient, 'planned_end', premises);
  }
  return telling.done();
}

function createTelling(plan: PlannedOutage, at: Instant) {
  const told = { ...plan.told };
  const revisions = { ...plan.revisions };
  const notices: Owed<PlannedStage>[] = [];
  return {
    owe(recipient: string, stage: PlannedStage, premises: readonly string[]): void {
      const key = `${recipient} ${stage}`;
      const revision = (revisions[key] ?? 0) + 1;
      revisions[key] = revision;
      if (stage === 'planned_cancelled') delete told[recipient];
      else told[recipient] = { premises, version: plan.version, at };
      notices.push({ incident: plan.id, stage, revision, audience: 'owner', recipient, premises, at });
    },
    done: (): PlanTelling => ({ plan: { ...plan, told, revisions }, notices }),
  };
}
