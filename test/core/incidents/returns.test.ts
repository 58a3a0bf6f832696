import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadProfiles } from '../../../adapters/registry/load-profiles.ts';
import { foldEvents } from '../../../cli/replay/fold.ts';
import { parseEvents } from '../../../contracts/replay.ts';
import { parseSite } from '../../../contracts/site-file.ts';

/** Streams recorded from a platform under load, where the meters of a riser come back seconds apart. */
async function replayOf(name: string) {
  const text = (kind: string) =>
    readFileSync(new URL(`../../fixtures/returns/${name}.${kind}`, import.meta.url), 'utf8');
  const site = parseSite(JSON.parse(text('site.json')));
  const events = parseEvents(text('events.jsonl'));
  if ('faults' in site || 'faults' in events) throw new Error(`${name} is no valid recording`);
  return foldEvents(site.site, await loadProfiles(), events.events, null);
}

it.each([
  { name: 'phantom-flap', root: 'R1', units: 6 },
  { name: 'partial-after-return', root: 'R-7B', units: 45 },
])('$name: a return is no second loss, whatever a meter says of it first', async ({ name, root, units }) => {
  const { incidents, interruptions } = await replayOf(name);
  const losses = incidents.filter(({ kind }) => kind !== 'communication');
  expect(losses).toHaveLength(1);
  expect(losses[0]).toMatchObject({ kind: 'outage', root, phases: 'ABC', state: 'restored', flaps: 0 });
  expect(losses[0]?.affected).toHaveLength(units);
  expect(new Set(interruptions.map(({ node, premises }) => premises ?? node)).size).toBe(units);
  expect(interruptions).toHaveLength(units);
});
