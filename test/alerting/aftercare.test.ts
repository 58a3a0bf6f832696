import { afterEach, describe, expect, it } from 'vitest';
import { createAftercare } from '../../alerting/aftercare.ts';
import type { MessageStage, Owed } from '../../core/notices/notice.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import {
  type AlertingWorld,
  createAlertingWorld,
  directoryOf,
  lostNotices,
} from '../support/alerting-world.ts';
import { incidentAt, siteNamed } from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';
import { realClock } from '../support/quiet.ts';

const site = siteNamed('s1');
let world: AlertingWorld;
let part: Lifecycle | null = null;

function aftercare(): Lifecycle {
  const { stores, bus, logBook: log, meter: telemetry } = world;
  const sites = directoryOf([site]);
  return createAftercare({
    stores,
    sites,
    bus,
    clock: realClock,
    log,
    telemetry,
    asksOwners: true,
    poll_ms: 20,
  });
}

afterEach(async () => {
  await part?.stop();
  await world.close();
});

describe('what follows an outage', () => {
  it('asks once how it went, an hour after the end, however often the process is started anew', async () => {
    world = await createAlertingWorld([site]);
    const lost = Date.now() - 7_200_000;
    const to = Date.now();
    await world.owe(incidentAt('i1', lost), lostNotices(site, 'i1'));
    const affected = [{ node: 'u-1', phases: 'ABC', from: lost, to, basis: 'confirmed' }] as const;
    const over = incidentAt('i1', lost, { state: 'restored', restoredAt: to, closedAt: to, affected });
    await world.owe(over, []);
    for (let i = 0; i < 3; i += 1) {
      part = aftercare();
      await part.start();
      await eventually(async () => {
        const { events } = world.stores;
        return (await events.head('s1')) - (await events.cursor('aftercare', 's1'));
      }).toBe(0);
      await part.stop();
    }
    const asked = (await world.deliveries()).filter(({ stage }) => stage === 'feedback');
    expect(asked).toMatchObject([{ subject: 'i1', revision: 1, nextAttemptAt: to + 3_600_000 }]);
  });
});

describe('a message that was overtaken', () => {
  it('does not leave: no correction for somebody who read nothing, no question about an outage that is back', async () => {
    world = await createAlertingWorld([site]);
    const onset = Date.now() - 60_000;
    await world.owe(incidentAt('i1', onset), lostNotices(site, 'i1', { stage: 'feedback' }));
    const correction = { ...lostNotices(site, 'p9')[0], stage: 'planned_cancelled' } as Owed<MessageStage>;
    await world.stores.outbox.owe('s1', [correction], Date.now());
    part = world.sender();
    await part.start();
    const settled = await world.settled();
    expect(settled.map(({ stage, state }) => `${stage} ${state}`).sort()).toEqual([
      'feedback superseded',
      'planned_cancelled superseded',
    ]);
    expect(world.double.accepted).toHaveLength(0);
  });
});
