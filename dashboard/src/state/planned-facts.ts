import type { PlanView } from '../../../contracts/http/planned.ts';

export type PlanGroup = 'running' | 'coming' | 'past';

/** An overrun still needs somebody, whatever its window says. */
export function groupOf(
  { state, from, to }: Pick<PlanView, 'state' | 'from' | 'to'>,
  now: number,
): PlanGroup {
  if (state === 'ended' || state === 'cancelled') return 'past';
  if (state === 'overrun') return now - Date.parse(to) > OVERRUN_SHOWN_MS ? 'past' : 'running';
  return state === 'running' || Date.parse(from) <= now ? 'running' : 'coming';
}

const OVERRUN_SHOWN_MS = 86_400_000;

/** Running first by their end, then coming by their beginning, then past with the latest first. */
export function inGroups(
  plans: readonly PlanView[],
  now: number,
): Readonly<Record<PlanGroup, readonly PlanView[]>> {
  const of = (group: PlanGroup) => plans.filter((plan) => groupOf(plan, now) === group);
  return {
    running: of('running').sort((a, b) => Date.parse(a.to) - Date.parse(b.to)),
    coming: of('coming').sort((a, b) => Date.parse(a.from) - Date.parse(b.from)),
    past: of('past').sort((a, b) => Date.parse(b.from) - Date.parse(a.from)),
  };
}

/** `2026-11-26-7b3f`: says when, and is nobody else's. */
export function newPlanId(localDate: string, chance: string): string {
  return `${localDate.slice(0, 10)}-${chance.slice(0, 4)}`;
}

/** Premises by building, the largest first; those without one last under null. */
export function byBuilding<P extends { readonly building: string | null }>(
  premises: readonly P[],
): readonly { readonly building: string | null; readonly premises: readonly P[] }[] {
  const groups = new Map<string | null, P[]>();
  for (const one of premises) {
    const group = groups.get(one.building);
    if (group === undefined) groups.set(one.building, [one]);
    else group.push(one);
  }
  return [...groups]
    .map(([building, of]) => ({ building, premises: of }))
    .sort(
      (a, b) =>
        Number(a.building === null) - Number(b.building === null) || b.premises.length - a.premises.length,
    );
}
