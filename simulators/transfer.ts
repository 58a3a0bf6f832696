import { maskOf } from '../core/units/phases.ts';
import type { Plant } from './plant.ts';

/** From the loss of the normal side until a generator carries the load. */
const START_MS = 8_000;
/** From the loss of the normal side until another network carries it. */
const SWITCH_MS = 2_000;
/** The normal side must be sound for so long before it is taken back. */
const RETURN_MS = 30_000;
const COOLING_MS = 60_000;

/** The automatic transfer switches and the generators they call. */
export function createTransfers({ site, grid, timeline, state, live, change }: Plant) {
  const waiting = grid.transfers.map((): (() => void) | null => null);
  const full = site.nodes.map(({ phases }) => maskOf(phases));

  function generatorOf(node: number): number | null {
    for (let at = node, steps = 0; at >= 0 && steps <= site.nodes.length; steps++) {
      const { kind, fedBy } = site.nodes[at] ?? {};
      if (kind === 'generator') return at;
      at = typeof fedBy === 'string' ? (grid.index.get(fedBy) ?? -1) : -1;
    }
    return null;
  }

  function isSound(feeder: number, node: number): boolean {
    const needed = full[node] ?? 0;
    return ((live().outgoing[feeder] ?? 0) & needed) === needed;
  }

  function wait(transfer: number, delay_ms: number, run: () => void): void {
    waiting[transfer] = timeline.at(timeline.now() + delay_ms, () => {
      waiting[transfer] = null;
      run();
    });
  }

  function toAlternate(transfer: number, generator: number | null): void {
    change(() => {
      if (generator !== null) state.failed.delete(generator);
      state.alternate.add(transfer);
    });
  }

  function toNormal(transfer: number, generator: number | null): void {
    change(() => state.alternate.delete(transfer));
    if (generator === null) return;
    timeline.at(timeline.now() + COOLING_MS, () => {
      const needed = grid.transfers.some(
        (t, i) => state.alternate.has(i) && generatorOf(t.alternate) === generator,
      );
      if (!needed) change(() => state.failed.add(generator));
    });
  }

  function look(): void {
    grid.transfers.forEach(({ node, normal, alternate }, i) => {
      const sound = isSound(normal, node);
      const away = state.alternate.has(i);
      if (sound !== away) {
        // Nothing to do: on a sound normal side, or on the alternate one because the normal is still away.
        waiting[i]?.();
        waiting[i] = null;
        return;
      }
      if (waiting[i] !== null) return;
      const generator = generatorOf(alternate);
      if (away) wait(i, RETURN_MS, () => toNormal(i, generator));
      else wait(i, generator === null ? SWITCH_MS : START_MS, () => toAlternate(i, generator));
    });
  }

  return {
    look,
    isOnGenerator(node: number): boolean {
      for (let at = node, steps = 0; at >= 0 && steps <= site.nodes.length; steps++) {
        const transfer = grid.transfers.findIndex((t) => t.node === at);
        if (transfer !== -1 && state.alternate.has(transfer)) {
          return generatorOf(grid.transfers[transfer]?.alternate ?? -1) !== null;
        }
        const fedBy = site.nodes[at]?.fedBy;
        at = typeof fedBy === 'string' ? (grid.index.get(fedBy) ?? -1) : -1;
      }
      return false;
    },
  };
}
