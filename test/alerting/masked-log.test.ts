import { expect, it } from 'vitest';
import { createAlertingWorld, incidentOf, lostNotices, phoneOf, siteOf } from '../support/alerting-world.ts';
import type { Behaviour } from '../support/twilio-double.ts';

const OWNERS = 60;
const FAULTS: readonly Behaviour[] = [
  'accept',
  429,
  'accept',
  500,
  'reset',
  'garbage',
  21211,
  'lost_500',
  502,
];

it('a storm with a provider at fault leaves no telephone and no word of a message in any log line', async () => {
  const site = siteOf(OWNERS);
  const world = await createAlertingWorld([site]);
  world.double.behave((_, n) => FAULTS[n % FAULTS.length] ?? 'accept');
  const sender = world.sender();
  try {
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await sender.start();
    await world.settled();
    const lines = world.logBook.lines.map((line) => JSON.stringify(line)).join('\n');
    expect(world.logBook.lines.length).toBeGreaterThan(0);
    for (let n = 0; n < OWNERS; n += 1) expect(lines).not.toContain(phoneOf(n).slice(-9));
    for (const { body } of world.double.accepted) expect(lines).not.toContain(body.slice(4, 16));
  } finally {
    await sender.stop();
    await world.close();
  }
}, 60_000);
