import type { NodeView, SiteView } from '../../../contracts/http/sites.ts';
import type { Section } from './sections.ts';

export const FEEDER_PITCH = 72;
export const CHAIN_STEP = 32;
const TRUNK_STEP = 24;
const SECTION_GAP = 60;
const MARGIN = 12;
const TOP = 14;
/** From a busbar down to the last line of its feeders' captions. */
export const BELOW_BUS = 114;
/** Between the captions of a row and the source above the next. */
const ROW_GAP = 24;
/** Room above a busbar that has no chain of its own. */
const BARE_CHAIN = 40;
/** A row of busbars wider than this breaks, unless there are so many that the picture would grow taller than a screen. */
const ROW_WIDTH = 980;
const ROW_HEIGHT = 220;
/** Width to height of the place the picture has on a wall. */
const ASPECT = 2;

type Tie = SiteView['ties'][number];

export interface SectionBox {
  readonly section: Section;
  readonly x: number;
  readonly width: number;
  readonly busY: number;
  /** Where the supplying chain comes down. */
  readonly chainX: number;
  /** What stands between the trunk, or the source, and the busbar. */
  readonly chain: readonly NodeView[];
}

/** What several chains of a row have in common, drawn once: the source and the high-voltage bar it ends in. */
export interface Trunk {
  readonly nodes: readonly NodeView[];
  readonly x: number;
  readonly top: number;
  readonly barY: number;
  readonly x1: number;
  readonly x2: number;
}

export interface TieJoint {
  readonly tie: Tie;
  readonly x1: number;
  readonly x2: number;
  readonly busY: number;
}

export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly sections: readonly SectionBox[];
  readonly trunks: readonly Trunk[];
  readonly ties: readonly TieJoint[];
}

/**
 * Busbars side by side, chains above, feeders below; ties join facing ends. A row that would grow wider than a wall can show
 * breaks, and busbars with a second supply stand in a row of their own. O(n).
 */
export function layoutSections(sections: readonly Section[], ties: readonly Tie[]): DiagramLayout {
  const boxes: SectionBox[] = [];
  const trunks: Trunk[] = [];
  let top = TOP;
  let width = 320;
  for (const row of rowsOf(sections)) {
    const shared = sharedBeginning(row.map(({ chain }) => chain));
    const longest = Math.max(...row.map(({ chain }) => chain.length - shared.length));
    const barY = top + TRUNK_STEP * shared.length;
    const busY = barY + Math.max(BARE_CHAIN, CHAIN_STEP * longest + (shared.length === 0 ? 18 : 8));
    let x = MARGIN;
    const placed = row.map((section) => {
      const box = { section, x, width: widthOf(section), busY, chainX: x + widthOf(section) / 2 };
      x += box.width + SECTION_GAP;
      return { ...box, chain: section.chain.slice(shared.length) };
    });
    boxes.push(...placed);
    const first = placed[0];
    const last = placed.at(-1);
    if (shared.length > 0 && first !== undefined && last !== undefined) {
      trunks.push({
        nodes: shared,
        x: (first.chainX + last.chainX) / 2,
        top,
        barY,
        x1: first.chainX - 24,
        x2: last.chainX + 24,
      });
    }
    width = Math.max(width, x - SECTION_GAP + MARGIN);
    top = busY + BELOW_BUS + ROW_GAP;
  }
  return { width, height: Math.max(TOP, top - ROW_GAP), sections: boxes, trunks, ties: joints(boxes, ties) };
}

function rowsOf(sections: readonly Section[]): Section[][] {
  const rows: Section[][] = [];
  const whole = sections.reduce((sum, section) => sum + widthOf(section) + SECTION_GAP, 0);
  const rowWidth = Math.max(ROW_WIDTH, Math.sqrt(ASPECT * ROW_HEIGHT * whole));
  let room = 0;
  let emergency = false;
  for (const section of sections) {
    const needed = widthOf(section) + SECTION_GAP;
    const last = rows.at(-1);
    if (last === undefined || needed > room || (section.alternate !== null) !== emergency) {
      rows.push([section]);
      room = rowWidth;
      emergency = section.alternate !== null;
    } else last.push(section);
    room -= needed;
  }
  return rows;
}

/** Only a row of two or more has anything to share. */
function sharedBeginning(chains: readonly (readonly NodeView[])[]): NodeView[] {
  const [first, ...others] = chains;
  if (first === undefined || others.length === 0) return [];
  const end = first.findIndex((node, i) => others.some((chain) => chain[i]?.id !== node.id));
  return end === -1 ? [...first] : first.slice(0, end);
}

function widthOf({ alternate, feeders }: Section): number {
  return FEEDER_PITCH * Math.max(alternate === null ? 1 : 3, feeders.length);
}

function joints(boxes: readonly SectionBox[], ties: readonly Tie[]): TieJoint[] {
  const byBus = new Map(boxes.map((box) => [box.section.bus.id, box]));
  return ties.flatMap((tie) => {
    const [first, second] = tie.ends.map((id) => byBus.get(id)).sort((a, b) => (a?.x ?? 0) - (b?.x ?? 0));
    if (first === undefined || second === undefined || first.busY !== second.busY) return [];
    return [{ tie, x1: first.x + first.width, x2: second.x, busY: first.busY }];
  });
}
