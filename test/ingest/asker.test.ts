import { afterEach, expect, it } from 'vitest';
import { DeviceCommandSchema } from '../../contracts/native.ts';
import { compileShape } from '../../contracts/shape-faults.ts';
import { createAsker } from '../../ingest/asker.ts';
import { startBroker, until } from '../support/broker-world.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('a device hears on its command topic that a reading is wanted, its gateway for those behind it', async () => {
  const world = await startBroker();
  ends.push(world.stop);
  const heard: { topic: string; command: unknown }[] = [];
  for (const [id, device] of [
    ['s1/m1', 'm1'],
    ['s1/g1', 'm2'],
  ] as const) {
    const client = await world.connect(id);
    client.on('message', (topic, payload) => heard.push({ topic, command: JSON.parse(payload.toString()) }));
    await client.subscribeAsync(`relight/s1/${device}/command`, { qos: 1 });
  }
  let ordinal = 0;
  const asker = createAsker({
    send: (topic, payload) => world.broker.publish(topic, payload),
    newId: () => `ask-${++ordinal}`,
    telemetry: world.telemetry,
  });
  await asker.start();
  ends.push(asker.stop);

  asker.ask('s1', ['m1', 'm2', 'm1']);

  await until(() => heard.length === 2);
  expect(heard.map(({ topic }) => topic)).toEqual(['relight/s1/m1/command', 'relight/s1/m2/command']);
  const shape = compileShape(DeviceCommandSchema);
  for (const { command } of heard) expect(shape.is(command)).toBe(true);
  expect(world.telemetry.of('relight_devices_asked_total{sent}')).toBe(2);
});

it('asks no more than it was given room for, and counts the rest', async () => {
  const sent: string[] = [];
  const counts = new Map<string, number>();
  const asker = createAsker({
    send: (topic) => void sent.push(topic),
    newId: () => 'x',
    telemetry: {
      count: (_name, labels = {}) =>
        void counts.set(labels.outcome ?? '', (counts.get(labels.outcome ?? '') ?? 0) + 1),
      gauge() {},
      observe() {},
    },
  });
  asker.ask(
    's1',
    Array.from({ length: 25_000 }, (_, i) => `m${i}`),
  );
  await asker.start();
  ends.push(asker.stop);
  await until(() => sent.length >= 20);
  expect(counts.get('too_many')).toBe(5_000);
  expect(sent.length).toBeLessThan(200);
});
