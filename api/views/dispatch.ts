import type { DispatchView } from '../../contracts/http/dispatch.ts';
import { movesFrom } from '../../core/dispatch/advance.ts';
import { clockStatus, elapsed_ms, reachedAt } from '../../core/dispatch/clocks.ts';
import type { ClockRun, Dispatch } from '../../core/dispatch/dispatch.ts';
import type { StaffMember } from '../../core/dispatch/staff-member.ts';
import { type Instant, toIso } from '../../core/units/time.ts';
import { isoOrNull } from './interruptions.ts';

export function dispatchView(dispatch: Dispatch, staff: readonly StaffMember[], now: Instant): DispatchView {
  const { id, incident, severity, state, engineer, supplyBack } = dispatch;
  const name = staff.find((member) => member.id === engineer)?.name ?? '';
  return {
    id,
    incident,
    severity,
    state,
    engineer: engineer === null ? null : { id: engineer, name },
    openedAt: toIso(dispatch.openedAt),
    supplyBack,
    moves: [...movesFrom(state)],
    clocks: dispatch.clocks.map((run) => clockView(run, now)),
    // The code of an offer is the engineer's answer: nobody else is shown it.
    offers: dispatch.offers.map(({ code: _, at, answeredAt, ...offer }) => ({
      ...offer,
      at: toIso(at),
      answeredAt: isoOrNull(answeredAt),
    })),
    history: dispatch.history.map(({ key: _, at, saidAt, ...entry }) => ({
      ...entry,
      at: toIso(at),
      saidAt: isoOrNull(saidAt ?? null),
    })),
    steps: dispatch.steps.map(({ key, at }) => ({ key, at: toIso(at) })),
  };
}

export function clockView(run: ClockRun, now: Instant): DispatchView['clocks'][number] {
  return {
    clock: run.clock,
    round: run.round,
    startedAt: toIso(run.startedAt),
    stoppedAt: isoOrNull(run.stoppedAt),
    limit_s: run.limit_ms / 1_000,
    elapsed_s: Math.floor(elapsed_ms(run, now) / 1_000),
    dueAt: isoOrNull(reachedAt(run, run.limit_ms)),
    status: clockStatus(run, now),
    pauses: run.pauses.map((pause) => ({ ...pause, from: toIso(pause.from), to: isoOrNull(pause.to) })),
  };
}
