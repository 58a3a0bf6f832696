import type { ReplayResult } from '../../cli/replay/fold.ts';

/** Equal up to ids, detection and timeline (DESIGN 4.3). */
export function essence(result: ReplayResult): { incidents: string[]; interruptions: string[] } {
  const roots = new Map(result.incidents.map(({ id, root, onset }) => [id, `${root} ${onset}`]));
  const incidents = result.incidents
    .filter(({ state }) => state !== 'merged')
    .map(({ kind, root, phases, state, affected }) => ({
      kind,
      root,
      phases,
      state,
      affected: affected.map(({ node, phases: lost, from, to }) => `${node} ${lost} ${from} ${to}`).sort(),
    }));
  const interruptions = result.interruptions.map((one) => ({
    ...one,
    causes: one.causes.map(({ incident, from, to }) => `${roots.get(incident)} ${from} ${to}`),
  }));
  return { incidents: sorted(incidents), interruptions: sorted(interruptions) };
}

function sorted<T>(items: readonly T[]): string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}
