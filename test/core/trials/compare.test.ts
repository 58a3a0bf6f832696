import { expect, it } from 'vitest';
import type { Incident } from '../../../core/incidents/incident.ts';
import { compareRuns } from '../../../core/trials/compare.ts';
import type { TrialRun } from '../../../core/trials/trial.ts';
import { incidentOf, T0 } from '../../contract/stores-builders.ts';

function run(incidents: readonly Incident[], costs: Record<string, number> = {}): TrialRun {
  const notices = Object.entries(costs).map(
    ([id, owner]) => [id, { owner, staff: 1, smsParts: 2 * owner + 1 }] as const,
  );
  return { incidents, notices: new Map(notices), interruptions: 3, minutes: 40, passedOver: 0 };
}

it('finds nothing to tell between two equal runs, whatever their ids', () => {
  const result = compareRuns(run([incidentOf('i1')], { i1: 4 }), run([incidentOf('i9')], { i9: 4 }));
  expect(result.incidents).toMatchObject([{ verdict: 'same', differs: [] }]);
  expect(result.before).toEqual(result.after);
});

it('names what differs of an incident that both have, its messages included', () => {
  const after = incidentOf('i1', { root: 'F1', onset: T0 + 3_000 });
  const result = compareRuns(run([incidentOf('i1')], { i1: 4 }), run([after], { i1: 1 }));
  expect(result.incidents).toMatchObject([
    {
      verdict: 'changed',
      before: { root: 'R1', notices: { owner: 4, smsParts: 9 } },
      after: { root: 'F1', notices: { owner: 1, smsParts: 3 } },
      differs: ['root', 'onset', 'notices'],
    },
  ]);
});

it('keeps apart what one run has alone, far in time or sharing nothing', () => {
  const late = incidentOf('i2', { onset: T0 + 3_600_000 });
  const elsewhere = incidentOf('i3', { root: 'R2', onset: T0 + 1, affected: [] });
  const merged = incidentOf('i4', { state: 'merged' });
  const result = compareRuns(run([incidentOf('i1'), late, merged]), run([incidentOf('i1'), elsewhere]));
  expect(result.incidents.map(({ verdict, before, after }) => [verdict, (before ?? after)?.root])).toEqual([
    ['same', 'R1'],
    ['only_after', 'R2'],
    ['only_before', 'R1'],
  ]);
  expect(result.before.incidents).toBe(2);
});

it('gives each incident one partner, the likest', () => {
  const [a, b] = ['u-1', 'u-2'].map((node, i) =>
    incidentOf(`i${i}`, {
      root: node,
      affected: [{ node, phases: 'A', from: T0, to: null, basis: 'confirmed' }],
    }),
  );
  if (a === undefined || b === undefined) throw new Error('two incidents');
  const both = incidentOf('i5', { root: 'R1', affected: [...a.affected, ...b.affected] });
  const result = compareRuns(run([a, b]), run([both]));
  expect(result.incidents.map(({ verdict }) => verdict).sort()).toEqual(['changed', 'only_before']);
});

it('leaves out like pairs first when there are too many', () => {
  const many = Array.from({ length: 1_200 }, (_, i) =>
    incidentOf(`i${i}`, { root: `n${i}`, onset: T0 + i * 1_000, affected: [] }),
  );
  const alone = incidentOf('x', { root: 'alone', onset: T0 + 9_000_000, affected: [] });
  const result = compareRuns(run(many), run([...many, alone]));
  expect(result.incidents).toHaveLength(1_000);
  expect(result.omitted).toBe(201);
  expect(result.incidents.filter(({ verdict }) => verdict === 'only_after')).toHaveLength(1);
});
