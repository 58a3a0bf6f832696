import type { SiteView } from '../../../contracts/http/sites.ts';
import type { Section } from './sections.ts';

export const FEEDER_PITCH = 84;
export const CHAIN_STEP = 46;
const SECTION_GAP = 76;
const MARGIN = 16;
const BELOW_BUS = 128;

type Tie = SiteView['ties'][number];

export interface SectionBox {
  readonly section: Section;
  readonly x: number;
  readonly width: number;
  /** Where the supplying chain comes down. */
  readonly chainX: number;
}

export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly busY: number;
  readonly sections: readonly SectionBox[];
  readonly ties: readonly { readonly tie: Tie; readonly x1: number; readonly x2: number }[];
}

/** Busbars side by side on one line, chains above, feeders below; ties join the facing ends. O(n). */
export function layoutSections(sections: readonly Section[], ties: readonly Tie[]): DiagramLayout {
  const busY = MARGIN + 30 + CHAIN_STEP * Math.max(1, ...sections.map(({ chain }) => chain.length));
  const boxes: SectionBox[] = [];
  let x = MARGIN;
  for (const section of sections) {
    const width = FEEDER_PITCH * Math.max(section.alternate === null ? 1 : 2, section.feeders.length);
    boxes.push({ section, x, width, chainX: x + width / 2 });
    x += width + SECTION_GAP;
  }
  const byBus = new Map(boxes.map((box) => [box.section.bus.id, box]));
  return {
    width: Math.max(320, x - SECTION_GAP + MARGIN),
    height: busY + BELOW_BUS,
    busY,
    sections: boxes,
    ties: ties.flatMap((tie) => {
      const [first, second] = tie.ends.map((id) => byBus.get(id)).sort((a, b) => (a?.x ?? 0) - (b?.x ?? 0));
      return first === undefined || second === undefined
        ? []
        : [{ tie, x1: first.x + first.width, x2: second.x }];
    }),
  };
}
