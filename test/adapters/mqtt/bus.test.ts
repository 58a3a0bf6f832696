import { createHash } from 'node:crypto';
import mqtt from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { createInProcessBus } from '../../../adapters/mqtt/in-process-bus.ts';
import { createMqttBus } from '../../../adapters/mqtt/mqtt-bus.ts';
import type { Bus } from '../../../core/ports/bus.ts';
import { pause, startBroker, until } from '../../support/broker-world.ts';
import { createLogBook, createMeter } from '../../support/quiet.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const HOUSE = {
  username: 'house',
  sha256: createHash('sha256').update('secret').digest('hex'),
  publish: ['relight-internal/#'],
  subscribe: ['relight-internal/#'],
};

async function startMqttBuses() {
  const world = await startBroker({ extraClients: [HOUSE] });
  cleanups.push(() => world.stop());
  const url = `mqtt://127.0.0.1:${world.port}`;
  const meter = createMeter();
  const open = async (clientId: string) => {
    const bus = createMqttBus({
      url,
      username: 'house',
      password: 'secret',
      clientId,
      log: createLogBook(),
      telemetry: meter,
    });
    await bus.start();
    cleanups.push(() => bus.stop());
    return bus;
  };
  return { world, url, meter, near: await open('house-a'), far: await open('house-b') };
}

const IMPLEMENTATIONS: Record<string, () => Promise<{ near: Bus; far: Bus }>> = {
  'in process': async () => {
    const bus = createInProcessBus({ log: createLogBook() });
    return { near: bus, far: bus };
  },
  'over MQTT': startMqttBuses,
};

describe.each(Object.entries(IMPLEMENTATIONS))('the bus %s', (_name, start) => {
  test('carries every subject, whole and in order', async () => {
    const { near, far } = await start();
    const heard: unknown[] = [];
    far.subscribe('events', (body) => heard.push(body));
    far.subscribe('live', (body) => heard.push(body));
    far.subscribe('command', (body) => heard.push(body));
    far.subscribe('notices', (body) => heard.push(body));
    far.subscribe('site', (body) => heard.push(body));
    const live = { values: [{ site: 's', device: 'm', ts: 1, arrival: 2, fields: { voltage: 230.5 } }] };
    near.publish('events', { site: 's', seq: 7 });
    near.publish('live', live);
    near.publish('command', { site: 's', command: { type: 'broker_restart' } });
    near.publish('notices', { site: '金文' });
    near.publish('site', { site: 's' });
    await until(() => heard.length === 5);
    expect(heard).toEqual([
      { site: 's', seq: 7 },
      live,
      { site: 's', command: { type: 'broker_restart' } },
      { site: '金文' },
      { site: 's' },
    ]);
  });

  test('never runs a listener inside publish', async () => {
    const { near } = await start();
    let inside = true;
    let heardInside: boolean | null = null;
    near.subscribe('site', () => {
      heardInside = inside;
    });
    near.publish('site', { site: 's' });
    inside = false;
    await until(() => heardInside !== null);
    expect(heardInside).toBe(false);
  });

  test('tells only those who listen, until they undo', async () => {
    const { near, far } = await start();
    const first: number[] = [];
    const second: number[] = [];
    const undo = far.subscribe('events', (body) => first.push(body.seq));
    far.subscribe('events', (body) => second.push(body.seq));
    near.publish('events', { site: 's', seq: 1 });
    await until(() => second.length === 1);
    undo();
    near.publish('events', { site: 's', seq: 2 });
    await until(() => second.length === 2);
    expect(first).toEqual([1]);
  });

  test('spares the others when one listener throws', async () => {
    const { near, far } = await start();
    const heard: string[] = [];
    far.subscribe('site', () => {
      throw new Error('broken listener');
    });
    far.subscribe('site', (body) => heard.push(body.site));
    near.publish('site', { site: 's' });
    await until(() => heard.length === 1);
  });
});

describe('the bus over MQTT', () => {
  test.each(['', '{', 'null', '[]', '{"seq":1}', '{"site":1,"seq":1}', '{"site":"s","seq":"1"}'])(
    'drops and counts the malformed body %j',
    async (body) => {
      const { far, url, meter } = await startMqttBuses();
      const heard: unknown[] = [];
      far.subscribe('events', (event) => heard.push(event));
      const stranger = await mqtt.connectAsync(url, {
        username: 'house',
        password: 'secret',
        clientId: 'house-c',
      });
      await stranger.publishAsync('relight-internal/events', body, { qos: 1 });
      await until(() => (meter.counts.get('relight_bus_dropped_total{reason="malformed"}') ?? 0) >= 2);
      expect(heard).toEqual([]);
      await stranger.endAsync(true);
    },
  );

  test('drops nudges while the broker is away, and works again when it is back', async () => {
    const { world, near, far, meter } = await startMqttBuses();
    await world.stop();
    await until(() => {
      near.publish('site', { site: 'lost' });
      return (meter.counts.get('relight_bus_dropped_total{reason="not_connected"}') ?? 0) > 0;
    });
    const again = await startBroker({ port: world.port, extraClients: [HOUSE] });
    cleanups.push(() => again.stop());
    const heard: string[] = [];
    far.subscribe('site', (body) => heard.push(body.site));
    const end = performance.now() + 8_000;
    while (heard.length === 0 && performance.now() < end) {
      near.publish('site', { site: 'back' });
      await pause(100);
    }
    expect(heard[0]).toBe('back');
  });

  test('gives up at start with words that name the address', async () => {
    const bus = createMqttBus({
      url: 'http://x',
      clientId: 'x',
      log: createLogBook(),
      telemetry: createMeter(),
    });
    expect(() => bus.start()).toThrow('must look like mqtt://host:1883');
  });
});
