import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOf } from '../../core/units/phases.ts';
import { createTimeline } from '../../simulators/timeline.ts';
import { readTruth, watchTruth } from '../../simulators/truth.ts';
import { createWorld, type WorldAction } from '../../simulators/world.ts';
import { siteOf, smallSite } from './sites.ts';

const START = Date.UTC(2026, 0, 1);

function play(site = smallSite()) {
  const timeline = createTimeline(START);
  const world = createWorld(site, timeline);
  let text = '';
  const truth = watchTruth(site, world, START, (lines) => {
    text += lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  });
  return {
    world,
    dark: () => [...truth.dark()].sort((a, b) => (a < b ? -1 : 1)),
    wait: (s: number) => timeline.advance(timeline.now() + s * 1_000),
    spells: () =>
      readTruth(text).map(({ unit, phases, from, to }) => [
        unit,
        phases,
        secondsOf(from),
        to === null ? null : secondsOf(to),
      ]),
  };
}

const secondsOf = (iso: string) => (Date.parse(iso) - START) / 1_000;

describe('the simulated world', () => {
  it('darkens exactly the units below a tripped breaker, and lights them again', () => {
    const { world, dark, wait, spells } = play();
    expect(dark()).toEqual([]);
    wait(10);
    expect(world.act({ action: 'trip', node: 'R2' })).toBe('done');
    expect(dark()).toEqual(['u-R2A', 'u-R2B', 'u-R2C']);
    wait(90);
    world.act({ action: 'restore', node: 'R2' });
    expect(dark()).toEqual([]);
    expect(spells()).toEqual(['A', 'B', 'C'].map((phase) => [`u-R2${phase}`, phase, 10, 100]));
  });

  it('starts the generator 8 s after the feed fails, carries the UPS meanwhile, and goes back 30 s after it returns', () => {
    const { world, wait, dark, spells } = play();
    world.act({ action: 'trip', node: 'U' });
    expect(dark()).toContain('lift');
    expect(dark()).not.toContain('desk');
    wait(7.9);
    expect(dark()).toContain('lift');
    wait(0.2);
    expect(dark()).not.toContain('lift');
    const lift = world.grid.index.get('lift') ?? -1;
    expect(world.isOnGenerator(lift)).toBe(true);
    world.act({ action: 'restore', node: 'U' });
    wait(29);
    expect(world.isOnGenerator(lift)).toBe(true);
    wait(2);
    expect(world.isOnGenerator(lift)).toBe(false);
    wait(60);
    expect(world.live().outgoing[world.grid.index.get('G1') ?? -1]).toBe(0);
    expect(spells().filter(([unit]) => unit === 'lift')).toEqual([['lift', 'ABC', 0, 8]]);
    expect(spells().filter(([unit]) => unit === 'desk')).toEqual([]);
  });

  it('does not start the generator for a dip shorter than its start', () => {
    const { world, wait } = play();
    world.act({ action: 'trip', node: 'Q1' });
    wait(3);
    world.act({ action: 'restore', node: 'Q1' });
    wait(20);
    expect(world.live().outgoing[world.grid.index.get('G1') ?? -1]).toBe(0);
  });

  it('empties the battery of a UPS whose generator does not come, and fills it again', () => {
    const { world, wait, dark } = play();
    world.act({ action: 'trip', node: 'EMDB' });
    wait(29 * 60);
    expect(dark()).not.toContain('desk');
    const ups = world.grid.index.get('UPS1') ?? -1;
    expect(world.charge(ups)).toBeCloseTo(1 / 30, 2);
    wait(61);
    expect(dark()).toContain('desk');
    world.act({ action: 'restore', node: 'EMDB' });
    expect(dark()).toEqual([]);
    wait(3 * 3_600);
    expect(world.charge(ups)).toBe(1);
  });

  it('feeds the other busbar over the tie, but not back through its transformer', () => {
    const { world, dark } = play();
    world.act({ action: 'trip', node: 'TX1' });
    expect(dark()).toEqual(expect.arrayContaining(['u-R1A', 'lift']));
    world.act({ action: 'close_tie', tie: 'TIE' });
    expect(dark()).toEqual([]);
    const at = (id: string) => world.grid.index.get(id) ?? -1;
    expect(world.live().incoming[at('Q1')]).toBe(7);
    expect(world.live().outgoing[at('TX1')]).toBe(0);
  });

  it('takes one phase away from exactly those on it', () => {
    const { world, dark, spells } = play();
    world.act({ action: 'lose_phase', node: 'LV1', phases: 'B' });
    expect(dark()).toEqual(['lift', 'u-R1B']);
    expect(spells()).toContainEqual(['lift', 'B', 0, null]);
    world.act({ action: 'restore_phase', node: 'LV1' });
    expect(dark()).toEqual([]);
  });

  it('calls it no outage when a customer switches off', () => {
    const { world, dark } = play();
    expect(world.act({ action: 'main_off', node: 'u-R1A' })).toBe('done');
    expect(dark()).toEqual([]);
    expect(world.live().outgoing[world.grid.index.get('u-R1A') ?? -1]).toBe(0);
  });

  it('refuses what it does not know or cannot do', () => {
    const { world } = play();
    expect(world.act({ action: 'trip', node: 'X' })).toBe('unknown_node');
    expect(world.act({ action: 'open_tie', tie: 'X' })).toBe('unknown_node');
    expect(world.act({ action: 'main_off', node: 'R1' })).toBe('not_possible');
    expect(world.act({ action: 'restore', node: 'G1' })).toBe('not_possible');
    expect(world.act({ action: 'lose_phase', node: 'U', phases: 'A' })).toBe('not_possible');
  });
});

const demo = siteOf(JSON.parse(readFileSync(new URL('../../demo/demo.site.json', import.meta.url), 'utf8')));
const small = smallSite();

/** Which phases reach each unit, found by walking every way from every source, without any knowledge of the grid module. */
function reach(
  site: typeof small,
  open: ReadonlySet<string>,
  ties: ReadonlySet<string>,
  lost: ReadonlyMap<string, string>,
): Map<string, number> {
  const oneWay = new Set(['feed', 'transformer', 'generator', 'ups', 'ats', 'unit']);
  const kind = new Map(site.nodes.map((node) => [node.id, node.kind]));
  const behindTransfer = new Set(site.transfers.map(({ node }) => node));
  const supply = new Map(site.nodes.map(({ id }) => [id, 0]));
  for (const phase of [1, 2, 4]) {
    const edges = new Map<string, string[]>();
    const add = (from: string, to: string) => edges.set(from, [...(edges.get(from) ?? []), to]);
    const sources: string[] = [];
    for (const node of site.nodes) {
      if ((maskOf(node.phases) & phase) === 0) continue;
      const isSource = node.fedBy === null && node.kind !== 'generator';
      if (isSource && !open.has(node.id)) sources.push(`${node.id} in`);
      const through = !(open.has(node.id) && !isSource) && (maskOf(lost.get(node.id) ?? '') & phase) === 0;
      if (through && node.kind === 'ups') sources.push(`${node.id} out`);
      if (through) add(`${node.id} in`, `${node.id} out`);
      if (through && !oneWay.has(node.kind)) add(`${node.id} out`, `${node.id} in`);
      if (node.fedBy === null) continue;
      add(`${node.fedBy} out`, `${node.id} in`);
      const up = kind.get(node.fedBy) ?? '';
      if (!oneWay.has(node.kind) && !oneWay.has(up) && !behindTransfer.has(node.id))
        add(`${node.id} in`, `${node.fedBy} out`);
    }
    for (const tie of site.ties) {
      if (!ties.has(tie.id)) continue;
      add(`${tie.ends[0]} out`, `${tie.ends[1]} out`);
      add(`${tie.ends[1]} out`, `${tie.ends[0]} out`);
    }
    const seen = new Set<string>();
    for (let at = sources.pop(); at !== undefined; at = sources.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const next of edges.get(at) ?? []) {
        const [id = ''] = next.split(' ');
        if ((maskOf(site.nodes.find((n) => n.id === id)?.phases ?? '') & phase) !== 0) sources.push(next);
      }
    }
    for (const node of site.nodes)
      if (seen.has(`${node.id} in`)) supply.set(node.id, (supply.get(node.id) ?? 0) | phase);
  }
  return supply;
}

it('is dark exactly where no way leads from a source, whatever is switched', () => {
  const nodes = small.nodes.filter(({ kind }) => kind !== 'generator' && kind !== 'unit').map(({ id }) => id);
  const action = fc.oneof(
    fc.record({ action: fc.constantFrom('trip', 'restore'), node: fc.constantFrom(...nodes) }),
    fc.record({ action: fc.constantFrom('close_tie', 'open_tie'), tie: fc.constant('TIE') }),
    fc.record({
      action: fc.constant('lose_phase'),
      node: fc.constantFrom('LV1', 'LV2', 'F-R1', 'EMDB'),
      phases: fc.constantFrom('A', 'BC'),
    }),
    fc.record({ action: fc.constant('restore_phase'), node: fc.constantFrom('LV1', 'LV2', 'F-R1', 'EMDB') }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      const { world, dark } = play(small);
      const open = new Set<string>();
      const ties = new Set<string>();
      const lost = new Map<string, string>();
      for (const one of actions as WorldAction[]) {
        if (world.act(one) !== 'done') continue;
        if (one.action === 'trip') open.add(one.node);
        else if (one.action === 'restore') open.delete(one.node);
        else if (one.action === 'close_tie') ties.add(one.tie);
        else if (one.action === 'open_tie') ties.delete(one.tie);
        else if (one.action === 'lose_phase') lost.set(one.node, one.phases);
        else if (one.action === 'restore_phase') lost.delete(one.node);
      }
      // Time stands still, so neither generator nor battery has moved.
      const supply = reach(small, open, ties, lost);
      const expected = small.nodes
        .filter(({ id, kind, phases }) => kind === 'unit' && (supply.get(id) ?? 0) !== maskOf(phases))
        .map(({ id }) => id);
      expect(new Set(dark())).toEqual(new Set(expected));
    }),
    { numRuns: 300 },
  );
});

it('knows of the demo site that a riser takes its own flats with it and nothing else', () => {
  const { world, dark } = play(demo);
  world.act({ action: 'trip', node: 'R-7B' });
  expect(dark()).toHaveLength(45);
  expect(dark().every((unit) => unit.startsWith('u-7B-'))).toBe(true);
});
