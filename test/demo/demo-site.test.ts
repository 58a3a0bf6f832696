import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { parseSite } from '../../contracts/site-file.ts';
import { generateDemoSite } from '../../demo/generate.ts';

const text = readFileSync(new URL('../../demo/demo.site.json', import.meta.url), 'utf8');
const parsed = parseSite(JSON.parse(text), await loadProfiles());
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 5)));
const { site, warnings } = parsed;

it('the demo site is exactly what its generator writes', () => {
  expect(generateDemoSite() === text).toBe(true);
});

it('the demo site is a simulated compound without a fault or a doubt', () => {
  expect(warnings).toEqual([]);
  expect(site.site.simulated).toBe(true);
  expect(site.premises.length).toBeGreaterThanOrEqual(500);
  expect(new Set(site.premises.map(({ building }) => building)).size).toBe(9);
});

it('every phone of the demo site belongs to nobody, and some people own several flats', () => {
  const people = site.premises
    .flatMap(({ owner, occupant }) => [owner, occupant])
    .filter((person) => person !== null);
  for (const { phone } of people) expect(phone).toMatch(/^\+861990000\d{4}$/);
  const flats = new Map<string, number>();
  for (const { owner } of site.premises) if (owner) flats.set(owner.phone, (flats.get(owner.phone) ?? 0) + 1);
  expect(Math.max(...flats.values())).toBeGreaterThanOrEqual(3);
  expect(people.some(({ language }) => language === 'en')).toBe(true);
});

it('every unit with premises has a meter, and the phases of each riser are evenly loaded', () => {
  const metered = new Set(site.devices.map(({ node }) => node));
  const units = site.nodes.filter(({ kind, premises }) => kind === 'unit' && premises !== undefined);
  expect(units.filter(({ id }) => !metered.has(id))).toEqual([]);
  const perPhase = ['A', 'B', 'C'].map((phase) => units.filter((unit) => unit.phases === phase).length);
  expect(new Set(perPhase).size).toBe(1);
});
