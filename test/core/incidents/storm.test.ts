import { beforeAll, describe, expect, it } from 'vitest';
import { loadProfiles } from '../../../adapters/registry/load-profiles.ts';
import { parseSite } from '../../../contracts/site-file.ts';
import type { Changes, EngineInput, SiteEngine } from '../../../core/incidents/engine.ts';
import { createSiteEngine, restoreSiteEngine } from '../../../core/incidents/site-engine.ts';

const UNITS = 3_100;
const START = Date.parse('2026-01-01T00:00:00Z');
const LOST = START + 90_000;
const BACK = START + 130_000;
const END = START + 250_000;
/** Seconds into the loss and into the return at which the engine is stopped and started. */
const STOPS = [2, 4, 6, 7, 41, 42, 43, 44, 115, 121, 122];

/** More units behind one breaker than a step deals with at once, each with an owner; every fifth has no meter. */
function largeSite() {
  const units = Array.from({ length: UNITS }, (_, i) => i);
  const parsed = parseSite({
    site: { id: 's', name: 's', timeZone: 'UTC', currency: 'CNY' },
    nodes: [
      { id: 'U', kind: 'feed' },
      { id: 'M', kind: 'breaker', fedBy: 'U' },
      { id: 'N', kind: 'breaker', fedBy: 'U' },
      ...units.filter((i) => i % 100 === 0).map((i) => ({ id: `R${i / 100}`, kind: 'breaker', fedBy: 'M' })),
      ...units.map((i) => ({
        id: `u${i}`,
        kind: 'unit',
        fedBy: `R${Math.floor(i / 100)}`,
        premises: `p${i}`,
      })),
      { id: 'v', kind: 'unit', fedBy: 'N' },
    ],
    devices: [
      ...units
        .filter((i) => i % 5 !== 0)
        .map((i) => ({ id: `m${i}`, profile: 'native', node: `u${i}`, interval_s: 60 })),
      { id: 'mv', profile: 'native', node: 'v', interval_s: 60 },
    ],
    premises: units.map((i) => ({
      id: `p${i}`,
      class: 'residential',
      owner: { name: 'Owner', phone: `+8613${String(i).padStart(9, '0')}`, language: 'en' },
    })),
  });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 3)));
  return parsed.site;
}

/** All report in turn; the breaker M opens, two in three tell it, and closes again, all within a second each. */
function* inputs(devices: readonly string[]): Generator<EngineInput> {
  for (let at = START; at < END; at += 1000) {
    yield { kind: 'tick', at };
    const second = (at - START) / 1000;
    for (const [i, device] of devices.entries()) {
      const dark = device !== 'mv' && at >= LOST && at < BACK;
      const ts = at + 1 + Math.floor((900 * ((i * 7919) % devices.length)) / devices.length);
      const head = { device, ts, deviceClock: true } as const;
      if (at === LOST && dark && i % 3 !== 0)
        yield {
          kind: 'message',
          at: at + 950,
          stored: false,
          message: { kind: 'event', ...head, type: 'power_lost', phases: null },
        };
      else if (at === BACK && device !== 'mv' && i % 7 !== 0)
        yield {
          kind: 'message',
          at: at + 950,
          stored: false,
          message: { kind: 'event', ...head, type: 'power_restored', phases: null },
        };
      else if (!dark && i % 60 === second % 60)
        yield {
          kind: 'message',
          at: at + 950,
          stored: false,
          message: { kind: 'telemetry', ...head, fields: { voltage: 230 } },
        };
    }
  }
}

describe('a storm larger than one step deals with', () => {
  const site = largeSite();
  const all: Changes[] = [];
  const differing: number[] = [];

  beforeAll(async () => {
    const profiles = await loadProfiles();
    const newId = (kind: string, _: number, ordinal: number) => `${kind}-${ordinal}`;
    const engine = createSiteEngine(site, profiles, newId);
    let stopped: SiteEngine = createSiteEngine(site, profiles, newId);
    for (const input of inputs(site.devices.map(({ id }) => id))) {
      if (input.kind === 'tick' && STOPS.includes((input.at - LOST) / 1000))
        stopped = restoreSiteEngine(site, profiles, newId, JSON.parse(JSON.stringify(stopped.snapshot())));
      const changes = engine.apply(input);
      const again = stopped.apply(input);
      if (input.kind !== 'tick') continue;
      all.push(changes);
      if (JSON.stringify(again) !== JSON.stringify(changes)) differing.push(input.at);
    }
  }, 120_000);

  it('is one incident, known a second after its hold, with every unit from the first moment on', () => {
    const told = all.flatMap(({ incidents }) => incidents);
    expect(new Set(told.map(({ root }) => root))).toEqual(new Set(['M']));
    expect(told[0]?.affected).toHaveLength(UNITS);
    expect((told[0]?.detectedAt ?? 0) - LOST).toBeLessThanOrEqual(7_000);
    expect(told.at(-1)).toMatchObject({ state: 'restored' });
  });

  it('owes every owner one word of the loss and one of the return, and books every unit once', () => {
    const owners = all.flatMap(({ notices }) => notices).filter(({ audience }) => audience === 'owner');
    expect(owners.filter(({ stage }) => stage === 'lost')).toHaveLength(UNITS);
    expect(owners.filter(({ stage }) => stage === 'restored')).toHaveLength(UNITS);
    const lines = all.flatMap(({ ledger }) => ledger);
    const open = new Map(lines.map(({ body }) => [body.id, body]));
    expect(new Set([...open.values()].map(({ node }) => node)).size).toBe(UNITS);
    expect([...open.values()].filter(({ to }) => to === null)).toEqual([]);
  });

  it('goes on the same when it is stopped and started in the midst of it', () => {
    expect(differing).toEqual([]);
  });
});
