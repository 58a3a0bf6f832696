import { describe, expect, it } from 'vitest';
import type { NodeView } from '../../contracts/http/sites.ts';
import { parseSite } from '../../contracts/site-file.ts';
import { buildingsOf } from '../../dashboard/src/diagram/buildings.ts';
import { darkArea, layoutFacade } from '../../dashboard/src/diagram/facade-layout.ts';
import { widthOf, withoutSharedEnding, wrapLabel } from '../../dashboard/src/diagram/labels.ts';
import { FEEDER_PITCH, layoutSections } from '../../dashboard/src/diagram/layout.ts';
import { sectionsOf } from '../../dashboard/src/diagram/sections.ts';
import demoFile from '../../demo/demo.site.json' with { type: 'json' };

const parsed = parseSite(demoFile);
if ('faults' in parsed) throw new Error('the demo site is faulty');
const { site: file } = parsed;
const site = {
  nodes: demoFile.nodes.map(
    (node): NodeView => ({ fedBy: null, phases: 'ABC', nominal_v: 220, ...node }) as NodeView,
  ),
  ties: file.ties.map(({ id, ends, closed }) => ({ id, ends: [...ends], closed })),
  transfers: file.transfers.map(({ id, node, normal, alternate }) => ({ id, node, normal, alternate })),
  premises: demoFile.premises.map(({ id, building, floor, area_m2 }) => ({
    id,
    building,
    floor,
    area_m2,
    class: 'residential',
  })),
};
const sections = sectionsOf(site);

describe('the single-line diagram of the demo compound', () => {
  it('shows the three busbars; the high-voltage board belongs to the chains above', () => {
    expect(sections.map(({ bus }) => bus.id)).toEqual(['LV1', 'LV2', 'EMDB']);
    expect(sections[0]?.chain.map(({ id }) => id)).toEqual(['U', 'HV', 'QH1', 'TX1', 'QL1']);
    expect(sections[2]?.alternate?.id).toBe('G1');
  });

  it('gives every outgoing way its units, and none of them twice', () => {
    const units = sections.flatMap(({ feeders }) => feeders.flatMap((feeder) => feeder.units));
    expect(new Set(units).size).toBe(units.length);
    expect(units.length).toBe(site.nodes.filter(({ kind }) => kind === 'unit').length);
    expect(sections[0]?.feeders.map(({ node }) => node.id)).not.toContain('EMDB');
  });

  it('draws what the chains share once, busbars side by side, and the emergency bar in a row of its own', () => {
    const layout = layoutSections(sections, site.ties);
    expect(layout.trunks.map(({ nodes }) => nodes.map(({ id }) => id))).toEqual([['U', 'HV']]);
    const [first, second, emergency] = layout.sections;
    expect(first?.busY).toBe(second?.busY);
    expect(emergency?.busY).toBeGreaterThan(first?.busY ?? 0);
    expect(first?.chain.map(({ id }) => id)).toEqual(['QH1', 'TX1', 'QL1']);
    expect(layout.ties).toHaveLength(1);
    for (const box of layout.sections) {
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
      expect(box.width).toBeGreaterThanOrEqual(FEEDER_PITCH * box.section.feeders.length);
    }
  });
});

describe('a network without boards', () => {
  it('shows where it branches first', () => {
    const node = (id: string, kind: string, fedBy: string | null): NodeView => ({
      id,
      kind,
      fedBy,
      phases: 'ABC',
      nominal_v: 230,
    });
    const nodes = [
      node('U', 'feed', null),
      node('B', 'breaker', 'U'),
      node('u1', 'unit', 'B'),
      node('u2', 'unit', 'B'),
    ];
    expect(sectionsOf({ nodes, transfers: [] }).map(({ bus }) => bus.id)).toEqual(['B']);
  });
});

describe('captions', () => {
  it('leave out what most siblings end in', () => {
    const names = ['商铺总开关', '1 栋干线', '2 栋干线', '3 栋 A 单元干线'];
    expect(withoutSharedEnding(names)).toEqual(['商铺总开关', '1 栋', '2 栋', '3 栋 A 单元']);
    expect(withoutSharedEnding(['East riser', 'West riser'])).toEqual(['East', 'West']);
  });

  it('stay whole when siblings share too little, or nothing would be left', () => {
    expect(withoutSharedEnding(['水泵房', '监控中心', '电梯'])).toEqual(['水泵房', '监控中心', '电梯']);
    expect(withoutSharedEnding(['干线', '干线'])).toEqual(['干线', '干线']);
    expect(withoutSharedEnding(['水泵房'])).toEqual(['水泵房']);
  });

  it('break at spaces, inside long words evenly, and never grow wider than their place', () => {
    expect(wrapLabel('3 栋 A 单元', 4.25, 2)).toEqual(['3 栋 A', '单元']);
    expect(wrapLabel('商铺总开关', 4.25, 2)).toEqual(['商铺总', '开关']);
    const lines = wrapLabel('Emergency distribution board of the basement', 4.25, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(4.8);
  });
});

describe('the façade of the demo compound', () => {
  const { buildings, others } = buildingsOf(site);

  it('has every home in one window of its building, floors from the top, houses in natural order', () => {
    expect(buildings.map(({ name }) => name).slice(0, 8)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(buildings.flatMap(({ units }) => units).length).toBe(516);
    expect(others.length).toBe(24);
    const floors = buildings[0]?.floors.map(({ floor }) => floor) ?? [];
    expect(floors).toEqual([...floors].sort((a, b) => b - a));
  });

  it('keeps windows inside their houses and houses apart, in one row or in rows of four', () => {
    for (const perRow of [12, 4]) {
      const { houses, width, grounds } = layoutFacade(buildings, perRow);
      expect(grounds).toHaveLength(Math.ceil(buildings.length / Math.min(perRow, buildings.length)));
      for (const [i, house] of houses.entries()) {
        expect(house.x + house.width).toBeLessThanOrEqual(width);
        const next = houses[i + 1];
        if (next !== undefined && next.x > house.x) expect(house.x + house.width).toBeLessThan(next.x);
        for (const window of house.windows) {
          expect(window.x).toBeGreaterThanOrEqual(house.x);
          expect(window.x + window.width).toBeLessThanOrEqual(house.x + house.width + 0.01);
          expect(window.y + window.height).toBeLessThanOrEqual(house.y + house.height);
        }
      }
    }
  });

  it('puts the bracket beside the dark half', () => {
    const { houses } = layoutFacade(buildings, 12);
    const seven = houses.find(({ name }) => name === '7');
    if (seven === undefined) throw new Error('no building 7');
    expect(darkArea(seven, (unit) => unit.startsWith('u-7A'))?.side).toBe('left');
    expect(darkArea(seven, (unit) => unit.startsWith('u-7B'))?.side).toBe('right');
    expect(darkArea(seven, () => false)).toBeNull();
  });
});
