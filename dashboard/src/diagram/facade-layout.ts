import type { Building } from './buildings.ts';

const CELL = 118;
const HOUSE = 94;
const PITCH = 13.6;
const WINDOW_HEIGHT = 8.8;
const EDGE = 5;
const GAP = 3;
/** Between the halves of a house, where its riser runs. */
const RISER = 7;
const CALLOUT = 34;
const LABEL = 26;
/** A wide storey (a row of shops) folds into lines of this many windows. */
const LINE_MAX = 8;

export interface Window {
  readonly unit: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface House {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly windows: readonly Window[];
}

export interface FacadeLayout {
  readonly width: number;
  readonly height: number;
  readonly houses: readonly House[];
  /** Ground lines, one a row. */
  readonly grounds: readonly number[];
}

/** Every household one window; houses stand on common ground, `perRow` of them side by side. */
export function layoutFacade(buildings: readonly Building[], perRow: number): FacadeLayout {
  const columns = Math.max(1, Math.min(perRow, buildings.length));
  const houses: House[] = [];
  const grounds: number[] = [];
  let top = 0;
  for (let start = 0; start < buildings.length; start += columns) {
    const row = buildings
      .slice(start, start + columns)
      .map((building) => ({ building, lines: linesOf(building) }));
    const tallest = Math.max(...row.map(({ lines }) => heightOf(lines.length)));
    const ground = top + CALLOUT + tallest;
    for (const [i, { building, lines }] of row.entries()) {
      const x = i * CELL + (CELL - HOUSE) / 2;
      const height = heightOf(lines.length);
      const y = ground - height;
      houses.push({ name: building.name, x, y, width: HOUSE, height, windows: windowsOf(lines, x, y) });
    }
    grounds.push(ground);
    top = ground + LABEL;
  }
  return { width: columns * CELL, height: top, houses, grounds };
}

/** The rectangle around those windows of a house that are dark, and on which side of it a bracket is out of the way. */
export function darkArea(
  house: House,
  isDark: (unit: string) => boolean,
): { top: number; bottom: number; side: 'left' | 'right' } | null {
  const dark = house.windows.filter(({ unit }) => isDark(unit));
  if (dark.length === 0) return null;
  const middle = house.x + house.width / 2;
  return {
    top: Math.min(...dark.map(({ y }) => y)),
    bottom: Math.max(...dark.map(({ y, height }) => y + height)),
    side: dark.every(({ x, width }) => x + width <= middle) ? 'left' : 'right',
  };
}

function linesOf({ floors }: Building): string[][] {
  return floors.flatMap(({ units }) => {
    const lines = Math.ceil(units.length / LINE_MAX);
    const length = Math.ceil(units.length / lines);
    return Array.from({ length: lines }, (_, i) =>
      units.slice(i * length, (i + 1) * length).map(({ id }) => id),
    );
  });
}

function heightOf(lines: number): number {
  return lines * PITCH + 2 * EDGE - (PITCH - WINDOW_HEIGHT) + 2;
}

function windowsOf(lines: readonly (readonly string[])[], x: number, y: number): Window[] {
  const columns = Math.max(1, ...lines.map(({ length }) => length));
  const riser = columns >= 4 && columns % 2 === 0 ? RISER : 0;
  const width = (HOUSE - 2 * EDGE - riser - GAP * (columns - 1)) / columns;
  return lines.flatMap((units, line) =>
    units.map((unit, column) => ({
      unit,
      x: x + EDGE + column * (width + GAP) + (column >= columns / 2 ? riser : 0),
      y: y + EDGE + line * PITCH,
      width,
      height: WINDOW_HEIGHT,
    })),
  );
}
