import { expect, it } from 'vitest';
import { replayId } from '../../../cli/replay/replay-run.ts';
import { createSiteEngine } from '../../../core/incidents/site-engine.ts';
import { createDecoder } from '../../../core/readings/decoder.ts';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, PROFILES, toReplay } from '../../support/replayed.ts';

it('asks the meters that were not heard since the return, a few times, and nobody else', () => {
  const site = compound();
  const cut = { node: 'R1', from: clock('10:00:00'), to: clock('10:10:00') };
  const mute = ['m-F4-2', 'm-F9-1'].map((device) => ({ device, from: cut.from, to: null }));
  const events = fieldEvents(site, { start: clock('09:50:00'), until: clock('10:20:00'), cuts: [cut], mute });
  const decoder = createDecoder({ get: () => site, all: () => [site] }, PROFILES);
  const engine = createSiteEngine(site, PROFILES, replayId);
  const asked: { at: number; devices: readonly string[] }[] = [];
  let second = clock('09:50:00');
  for (const event of toReplay(events)) {
    for (; second + 1000 <= event.at; second += 1000) {
      engine.apply({ kind: 'tick', at: second + 1000 });
      if (engine.asks().length > 0) asked.push({ at: second + 1000, devices: engine.asks() });
    }
    if (event.kind !== 'message') continue;
    const decoded = decoder.decode(event.topic, event.payload, event.at);
    if ('message' in decoded)
      engine.apply({ kind: 'message', at: event.at, message: decoded.message, stored: false });
  }
  expect(asked).toHaveLength(4);
  expect(asked[0]?.at).toBeGreaterThan(cut.to);
  expect(asked.at(-1)?.at).toBeLessThanOrEqual(cut.to + 300_000);
  expect([...(asked.at(-1)?.devices ?? [])].sort()).toEqual(['m-F4-2', 'm-F9-1']);
});
