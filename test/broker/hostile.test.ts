import { afterEach, expect, test } from 'vitest';
import { type BrokerWorld, startBroker, until } from '../support/broker-world.ts';
import { attackWithPackets, PATIENT_LIMITS } from '../support/hostile-packets.ts';
import { seededRandom } from '../support/seeded-random.ts';

let world: BrokerWorld;
afterEach(() => world.stop());

test('10,000 random and mutated packets from strangers and clients: no crash, counted, and service goes on', async () => {
  world = await startBroker({ limits: PATIENT_LIMITS });
  await attackWithPackets(() => world.raw(), 10_000, seededRandom(20260101));

  await until(() => world.broker.connections() === 0);
  for (const reason of ['malformed_packet', 'out_of_place', 'unsupported_connect'])
    expect(world.telemetry.of(`relight_connections_broken_total{${reason}}`)).toBeGreaterThan(0);
  const client = await world.connect('s1/m2');
  await client.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
  expect(world.intake.topics()).toContain('relight/s1/m2/telemetry');
  expect(new Set(world.intake.topics().map((topic) => topic.split('/').slice(0, 3).join('/')))).toEqual(
    new Set(['relight/s1/m1', 'relight/s1/m2']),
  );
});
