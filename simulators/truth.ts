import type { Site } from '../core/topology/site.ts';
import { maskOf, type PhaseMask, phasesText } from '../core/units/phases.ts';
import { type Instant, toIso } from '../core/units/time.ts';
import type { World } from './world.ts';

/** One line of ground truth: a unit's supply was gone on these phases; `to` null while it still is. */
export interface DarkLine {
  readonly unit: string;
  readonly phases: string;
  readonly from: string;
  readonly to: string | null;
}

/**
 * Tells which units are really without supply, from when to when. A unit whose phases change while it is dark ends one
 * line and begins the next. Its own main switched off is no lack of supply.
 */
export function watchTruth(
  site: Site,
  world: World,
  start: Instant,
  write: (lines: readonly DarkLine[]) => void,
) {
  const units = site.nodes.flatMap(({ id, kind, phases }, node) =>
    kind === 'unit' ? [{ id, node, phases: maskOf(phases) }] : [],
  );
  const dark = new Map<string, { readonly phases: PhaseMask; readonly from: Instant }>();

  function look(at: Instant): void {
    const lines: DarkLine[] = [];
    for (const { id, node, phases } of units) {
      const missing = phases & ~(world.live().incoming[node] ?? 0);
      const before = dark.get(id);
      if ((before?.phases ?? 0) === missing) continue;
      if (before !== undefined) {
        lines.push({ unit: id, phases: phasesText(before.phases), from: toIso(before.from), to: toIso(at) });
        dark.delete(id);
      }
      if (missing !== 0) {
        lines.push({ unit: id, phases: phasesText(missing), from: toIso(at), to: null });
        dark.set(id, { phases: missing, from: at });
      }
    }
    if (lines.length > 0) write(lines);
  }

  look(start);
  world.onChange(({ at }) => look(at));
  return { dark: (): readonly string[] => [...dark.keys()] };
}

/** The dark spells a truth file tells of: the last line about a spell stands. Lines about anything else are passed over. */
export function readTruth(text: string): DarkLine[] {
  const spells = new Map<string, DarkLine>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('{"unit"')) continue;
    const spell: DarkLine = JSON.parse(line);
    spells.set(`${spell.unit} ${spell.phases} ${spell.from}`, spell);
  }
  return [...spells.values()];
}
