import type { Site } from '../core/topology/site.ts';
import type { PhaseMask } from '../core/units/phases.ts';
import type { Energised, Grid } from './grid.ts';
import type { Timeline } from './timeline.ts';

/** How every switch stands; automation and hands write it, the grid reads it. */
export interface WorldState {
  readonly open: Set<number>;
  readonly failed: Set<number>;
  readonly broken: Map<number, PhaseMask>;
  readonly ties: Set<number>;
  readonly alternate: Set<number>;
}

/** What automation may see and do. */
export interface Plant {
  readonly site: Site;
  readonly grid: Grid;
  readonly timeline: Timeline;
  readonly state: WorldState;
  live(): Energised;
  /** Works the switches, then lets the change spread. */
  change(work: () => void): void;
}
