import type { SiteView } from '../../../contracts/http/sites.ts';
import type { Section } from './sections.ts';

export const FEEDER_PITCH = 84;
export const CHAIN_STEP = 44;
const SECTION_GAP = 76;
const MARGIN = 16;
const BELOW_BUS = 128;
const ROW_WIDTH = 1200;

type Tie = SiteView['ties'][number];

export interface SectionBox {
  readonly section: Section;
  readonly x: number;
  readonly width: number;
  readonly busY: number;
  /** Where the supplying chain comes down. */
  readonly chainX: number;
}

export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly sections: readonly SectionBox[];
  readonly ties: readonly {
    readonly tie: Tie;
    readonly x1: number;
    readonly x2: number;
    readonly busY: number;
  }[];
}

/**
 * Busbars side by side, chains above, feeders below; ties join facing ends. A row that would grow wider than a wall can show
 * breaks, and busbars with a second supply stand in a row of their own. O(n).
 */
export function layoutSections(sections: readonly Section[], ties: readonly Tie[]): DiagramLayout {
  const boxes: SectionBox[] = [];
  let top = 0;
  let width = 320;
  for (const row of rowsOf(sections)) {
    const busY = top + MARGIN + 26 + CHAIN_STEP * Math.max(1, ...row.map(({ chain }) => chain.length));
    let x = MARGIN;
    for (const section of row) {
      boxes.push({ section, x, width: widthOf(section), busY, chainX: x + widthOf(section) / 2 });
      x += widthOf(section) + SECTION_GAP;
    }
    width = Math.max(width, x - SECTION_GAP + MARGIN);
    top = busY + BELOW_BUS;
  }
  return { width, height: top, sections: boxes, ties: joints(boxes, ties) };
}

function rowsOf(sections: readonly Section[]): Section[][] {
  const rows: Section[][] = [];
  let room = 0;
  let emergency = false;
  for (const section of sections) {
    const needed = widthOf(section) + SECTION_GAP;
    const last = rows.at(-1);
    if (last === undefined || needed > room || (section.alternate !== null) !== emergency) {
      rows.push([section]);
      room = ROW_WIDTH;
      emergency = section.alternate !== null;
    } else last.push(section);
    room -= needed;
  }
  return rows;
}

function widthOf({ alternate, feeders }: Section): number {
  return FEEDER_PITCH * Math.max(alternate === null ? 1 : 3, feeders.length);
}

function joints(boxes: readonly SectionBox[], ties: readonly Tie[]): DiagramLayout['ties'] {
  const byBus = new Map(boxes.map((box) => [box.section.bus.id, box]));
  return ties.flatMap((tie) => {
    const [first, second] = tie.ends.map((id) => byBus.get(id)).sort((a, b) => (a?.x ?? 0) - (b?.x ?? 0));
    if (first === undefined || second === undefined || first.busY !== second.busY) return [];
    return [{ tie, x1: first.x + first.width, x2: second.x, busY: first.busY }];
  });
}
