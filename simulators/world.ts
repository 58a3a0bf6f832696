import type { Site } from '../core/topology/site.ts';
import { maskOf } from '../core/units/phases.ts';
import type { Instant } from '../core/units/time.ts';
import { createBatteries } from './battery.ts';
import { buildGrid, type Energised, type Grid } from './grid.ts';
import type { Plant, WorldState } from './plant.ts';
import type { Timeline } from './timeline.ts';
import { createTransfers } from './transfer.ts';

/** The electrical part of an action; links and devices have their own. */
export type WorldAction =
  | { readonly action: 'trip' | 'restore' | 'main_off' | 'main_on'; readonly node: string }
  | { readonly action: 'close_tie' | 'open_tie'; readonly tie: string }
  | { readonly action: 'lose_phase'; readonly node: string; readonly phases: string }
  | { readonly action: 'restore_phase'; readonly node: string };

export type Outcome = 'done' | 'unknown_node' | 'not_possible';

export interface WorldChange {
  readonly at: Instant;
  readonly before: Energised;
  readonly after: Energised;
}

export interface World {
  readonly grid: Grid;
  live(): Energised;
  isOpen(node: number): boolean;
  isFailed(node: number): boolean;
  isTied(tie: number): boolean;
  /** Whether the node's supply now comes from a generator. */
  isOnGenerator(node: number): boolean;
  /** Share of a UPS battery left, 0 to 1. */
  charge(ups: number): number;
  act(action: WorldAction): Outcome;
  onChange(listener: (change: WorldChange) => void): void;
}

/** The network of a site with its automatic devices, moved by actions and by time. */
export function createWorld(site: Site, timeline: Timeline): World {
  const grid = buildGrid(site);
  const listeners: ((change: WorldChange) => void)[] = [];
  const state: WorldState = {
    open: new Set(),
    failed: new Set(site.nodes.flatMap(({ kind }, i) => (kind === 'generator' ? [i] : []))),
    broken: new Map(),
    ties: new Set(site.ties.flatMap(({ closed }, i) => (closed ? [i] : []))),
    alternate: new Set(),
  };
  let live = grid.energise(state);

  const plant: Plant = { site, grid, timeline, state, live: () => live, change };
  const transfers = createTransfers(plant);
  const batteries = createBatteries(plant);

  function change(work: () => void): void {
    work();
    const before = live;
    live = grid.energise(state);
    const { incoming, outgoing } = live;
    if (same(before.incoming, incoming) && same(before.outgoing, outgoing)) return;
    for (const listener of listeners) listener({ at: timeline.now(), before, after: live });
    transfers.look();
    batteries.look();
  }

  function isSource(node: number): boolean {
    const { kind, fedBy } = site.nodes[node] ?? {};
    return fedBy === null && kind !== 'generator' && kind !== 'ups';
  }

  function work(node: number, action: WorldAction): Outcome {
    switch (action.action) {
      case 'trip':
        // A source that trips gives nothing at all; behind any other node only what is below goes dark.
        change(() => (isSource(node) ? state.failed : state.open).add(node));
        return 'done';
      case 'restore':
        if (site.nodes[node]?.kind === 'generator') return 'not_possible';
        change(() => {
          state.open.delete(node);
          if (isSource(node)) state.failed.delete(node);
        });
        return 'done';
      case 'main_off':
      case 'main_on':
        if (site.nodes[node]?.kind !== 'unit') return 'not_possible';
        change(() => {
          if (action.action === 'main_off') state.open.add(node);
          else state.open.delete(node);
        });
        return 'done';
      case 'lose_phase':
        // Above a transformer a lost phase halves two others below it, which this world does not compute.
        if (hasTransformerBelow(site, node)) return 'not_possible';
        change(() => state.broken.set(node, maskOf(action.phases)));
        return 'done';
      case 'restore_phase':
        change(() => state.broken.delete(node));
        return 'done';
      default:
        return 'not_possible';
    }
  }

  return {
    grid,
    live: () => live,
    isOpen: (node) => state.open.has(node),
    isFailed: (node) => state.failed.has(node),
    isTied: (tie) => state.ties.has(tie),
    isOnGenerator: transfers.isOnGenerator,
    charge: batteries.charge,
    act(action) {
      if ('tie' in action) {
        const tie = site.ties.findIndex(({ id }) => id === action.tie);
        if (tie === -1) return 'unknown_node';
        change(() => {
          if (action.action === 'close_tie') state.ties.add(tie);
          else state.ties.delete(tie);
        });
        return 'done';
      }
      const node = grid.index.get(action.node);
      return node === undefined ? 'unknown_node' : work(node, action);
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((value, i) => value === b[i]);
}

/** Whether a transformer, or the medium voltage it stands on, is fed through the node. */
function hasTransformerBelow(site: Site, node: number): boolean {
  const below = new Set([site.nodes[node]?.id]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { id, fedBy, kind } of site.nodes) {
      if (fedBy === null || !below.has(fedBy) || below.has(id)) continue;
      if (kind === 'transformer') return true;
      below.add(id);
      grew = true;
    }
  }
  return false;
}
