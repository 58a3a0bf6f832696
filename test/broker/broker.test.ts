import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JournalError } from '../../core/ports/journal.ts';
import {
  type BrokerWorld,
  brokerSite,
  deviceOf,
  pause,
  siteOf,
  startBroker,
  until,
} from '../support/broker-world.ts';
import { connectBytes, publishBytes } from '../support/mqtt-bytes.ts';

let world: BrokerWorld;
beforeEach(async () => {
  world = await startBroker();
});
afterEach(() => world.stop());

describe('who may connect', () => {
  test('a device with its secret', async () => {
    await world.connect('s1/m1');
    expect(world.broker.connections()).toBe(1);
  });

  test('a wrong secret is refused with return code 4 and noted', async () => {
    await expect(world.connect('s1/m1', { password: 'guess' })).rejects.toMatchObject({ code: 4 });
    await until(() => world.quarantined.includes('bad_secret s1/m1'));
    expect(world.broker.connections()).toBe(0);
  });

  test.each(['s1/nobody', 's9/m1', 'm1', 's1/U', '', '__proto__/constructor'])(
    'an unknown client %j is refused with return code 5 and never created',
    async (name) => {
      const asked = world.connect('s1/m1', { clientId: name === '' ? 'x' : name, username: name });
      await expect(asked).rejects.toMatchObject({ code: 5 });
      await until(() => world.quarantined.includes(`unknown_client ${name}`));
      expect(world.sites.get('s1')?.site.devices).toHaveLength(4);
    },
  );

  test('the client id must be the user name', async () => {
    await expect(world.connect('s1/m1', { clientId: 's1/m2' })).rejects.toMatchObject({ code: 5 });
  });

  test('a device without a credential is refused', async () => {
    world.secrets.delete('s1/m1');
    await expect(world.connect('s1/m1')).rejects.toMatchObject({ code: 5 });
  });

  test('a changed secret counts at once and ends the present connection', async () => {
    const client = await world.connect('s1/m1');
    let closed = false;
    client.once('close', () => {
      closed = true;
    });
    world.secrets.set('s1/m1', 'f'.repeat(64));
    world.broker.credentialChanged('s1', 'm1');
    await until(() => closed);
    await expect(world.connect('s1/m1')).rejects.toMatchObject({ code: 4 });
  });

  test('a secret guessed over and over bars the pair of client and address', async () => {
    for (let attempt = 0; attempt <= 10; attempt += 1) {
      await expect(world.connect('s1/m1', { password: `guess ${attempt}` })).rejects.toMatchObject({
        code: 4,
      });
    }
    await expect(world.connect('s1/m1')).rejects.toThrow('closed');
    await world.connect('s1/m2');
    expect(world.telemetry.of('relight_connects_refused_total{barred}')).toBe(1);
  });

  test('a device taken out of the site loses its connection', async () => {
    const client = await world.connect('s1/m1');
    let closed = false;
    client.once('close', () => {
      closed = true;
    });
    world.sites.put(siteOf('s1', [deviceOf('m2')]));
    await until(() => closed);
  });

  test('a credential store that is away asks clients to come back, and notes nobody', async () => {
    const away = await startBroker({
      credentials: {
        hashOf: () => Promise.reject(new Error('database away')),
        set: async () => {},
        remove: async () => {},
      },
    });
    await expect(away.connect('s1/m1')).rejects.toMatchObject({ code: 3 });
    expect(away.quarantined).toEqual([]);
    await away.stop();
  });
});

describe('what may be said', () => {
  test('a publish reaches ingest with its topic and payload', async () => {
    const client = await world.connect('s1/m1');
    await client.publishAsync('relight/s1/m1/telemetry', '{"voltage":230}', { qos: 1 });
    expect(world.intake.taken).toEqual([
      { topic: 'relight/s1/m1/telemetry', payload: '{"voltage":230}', stored: false },
    ]);
  });

  test.each([0, 1, 2] as const)('QoS %d reaches ingest', async (qos) => {
    const client = await world.connect('s1/m1');
    await client.publishAsync('relight/s1/m1/telemetry', '{}', { qos });
    await until(() => world.intake.taken.length === 1);
  });

  test('a refused publish is acknowledged, dropped and counted by reason, and the connection stays', async () => {
    const client = await world.connect('s1/m1');
    await client.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
    await client.publishAsync('relight/s1/nobody/telemetry', '{"a":1}', { qos: 2 });
    await client.publishAsync('relight/s1/m1/telemetry', '{}', { qos: 1 });
    expect(world.intake.topics()).toEqual(['relight/s1/m1/telemetry']);
    expect(world.telemetry.of('relight_publishes_refused_total{not_yours}')).toBe(1);
    expect(world.telemetry.of('relight_publishes_refused_total{unknown_device}')).toBe(1);
    expect(world.quarantined).toContain('unknown_device relight/s1/nobody/telemetry');
  });

  test('a gateway loses a device with the next version of the site', async () => {
    const client = await world.connect('s1/g1');
    await client.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
    const site = brokerSite();
    world.sites.put({
      ...site,
      devices: site.devices.map((device) => (device.id === 'm2' ? { ...device, via: null } : device)),
    });
    await client.publishAsync('relight/s1/m2/telemetry', '{}', { qos: 1 });
    expect(world.intake.taken).toHaveLength(1);
  });

  test('more than 100 refused publishes a minute: disconnected and barred, others undisturbed', async () => {
    const rogue = await world.connect('s1/m1');
    let closed = false;
    rogue.once('close', () => {
      closed = true;
    });
    for (let n = 0; n <= 100; n += 1) rogue.publish('relight/s1/m2/telemetry', '{}', { qos: 0 });
    await until(() => closed);
    await expect(world.connect('s1/m1')).rejects.toThrow('closed');
    await world.connect('s1/m2');
    expect(world.telemetry.of('relight_clients_barred_total')).toBe(1);
  });

  test('a bar ends', async () => {
    const short = await startBroker({ limits: { bar_ms: 300, refusedPerMinute: 1 } });
    const rogue = await short.connect('s1/m1');
    rogue.publish('relight/s1/m2/telemetry', '{}');
    rogue.publish('relight/s1/m2/telemetry', '{}');
    await until(() => short.broker.connections() === 0);
    await expect(short.connect('s1/m1')).rejects.toThrow('closed');
    await pause(350);
    await short.connect('s1/m1');
    await short.stop();
  });

  test('a status is retained, other topics never', async () => {
    const watching = await startBroker({
      extraClients: [
        {
          username: 'watch',
          sha256: '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
          publish: [],
          subscribe: ['relight/#'],
        },
      ],
    });
    const client = await watching.connect('s1/m1');
    await client.publishAsync('relight/s1/m1/status', 'online', { qos: 1, retain: true });
    await client.publishAsync('relight/s1/m1/telemetry', '{}', { qos: 1, retain: true });
    const watcher = await watching.connect('watch', { password: 'secret' });
    const seen: string[] = [];
    watcher.on('message', (topic, _payload, packet) => seen.push(`${topic} ${packet.retain}`));
    await watcher.subscribeAsync('relight/#', { qos: 1 });
    await client.publishAsync('relight/s1/m1/telemetry', '{"live":1}', { qos: 1 });
    await until(() => seen.length === 2);
    expect(seen).toEqual(['relight/s1/m1/status true', 'relight/s1/m1/telemetry false']);
    await watching.stop();
  });

  test('a will is evidence, on own topics only', async () => {
    const own = await world.connect('s1/m1', {
      will: { topic: 'relight/s1/m1/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    const foreign = await world.connect('s1/m2', {
      will: { topic: 'relight/s1/m1/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    own.stream.destroy();
    foreign.stream.destroy();
    await until(() => world.broker.connections() === 0);
    await until(() => world.telemetry.of('relight_publishes_refused_total{not_yours}') === 1);
    expect(world.intake.taken).toEqual([
      { topic: 'relight/s1/m1/status', payload: 'offline', stored: false },
    ]);
  });

  test('a clean farewell leaves no will', async () => {
    const client = await world.connect('s1/m1', {
      will: { topic: 'relight/s1/m1/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    await client.endAsync();
    await until(() => world.broker.connections() === 0);
    await pause(50);
    expect(world.intake.taken).toEqual([]);
  });
});

test('a client that comes back before its old connection is noticed dead: its will never outlives its birth', async () => {
  const will = {
    topic: 'relight/s1/m1/status',
    payload: Buffer.from('offline'),
    qos: 1 as const,
    retain: true,
  };
  for (let round = 0; round < 20; round += 1) {
    const old = await world.connect('s1/m1', { will });
    await old.subscribeAsync('relight/s1/m1/command', { qos: 1 });
    const fresh = await world.raw();
    const ended = new Promise<void>((resolve) => old.once('close', () => resolve()));
    // Birth in the same segment as the sign-in: nobody is quicker.
    fresh.write(
      Buffer.concat([connectBytes('s1/m1', 'secret-m1'), publishBytes('relight/s1/m1/status', 'online')]),
    );
    await ended;
    await until(() => world.intake.taken.length === 2);
    expect(world.intake.taken.splice(0).map(({ payload }) => payload)).toEqual(['offline', 'online']);
    fresh.destroy();
    await until(() => world.broker.connections() === 0);
  }
});

describe('what may be heard', () => {
  test('a device hears its own commands', async () => {
    const client = await world.connect('s1/m1');
    const heard: string[] = [];
    client.on('message', (_topic, payload) => heard.push(payload.toString()));
    await client.subscribeAsync('relight/s1/m1/command', { qos: 1 });
    world.broker.publish('relight/s1/m1/command', '{"id":"1","do":"report"}', { qos: 1 });
    await until(() => heard.length === 1);
    expect(world.intake.taken).toEqual([]);
  });

  test.each(['relight/s1/m2/command', '#', 'relight/s1/+/telemetry', '$SYS/#'])(
    'but not %s',
    async (filter) => {
      const client = await world.connect('s1/m1');
      const granted = await client.subscribeAsync(filter).catch((error: unknown) => error);
      expect(granted).toMatchObject({ message: expect.stringContaining('Unspecified error') });
    },
  );

  test('a session ends with its connection: no queue grows for one that is away', async () => {
    const client = await world.connect('s1/m1', { clean: false });
    await client.subscribeAsync('relight/s1/m1/command', { qos: 1 });
    client.end(true);
    await until(() => world.broker.connections() === 0);
    world.broker.publish('relight/s1/m1/command', 'late', { qos: 1 });
    const heard: string[] = [];
    const again = await world.connect('s1/m1', { clean: false });
    again.on('message', (_topic, payload) => heard.push(payload.toString()));
    await again.subscribeAsync('relight/s1/m1/command', { qos: 1 });
    await pause(50);
    expect(heard).toEqual([]);
  });
});

describe('an acknowledgement', () => {
  test('leaves only after the commit', async () => {
    world.intake.setMode('hold');
    const client = await world.connect('s1/m1');
    let acknowledged = 0;
    for (let n = 0; n < 3; n += 1) {
      client.publishAsync('relight/s1/m1/telemetry', `${n}`, { qos: 1 }).then(() => {
        acknowledged += 1;
      });
    }
    await until(() => world.intake.waiting.length === 3);
    await pause(50);
    expect(acknowledged).toBe(0);
    world.intake.commitAll();
    await until(() => acknowledged === 3);
  });

  test('waits while the journal fails; nothing is dropped, reordered or closed', async () => {
    world.intake.setMode(new JournalError('journal_failed', 'disk'));
    const client = await world.connect('s1/m1');
    let closed = false;
    client.once('close', () => {
      closed = true;
    });
    const sent = Array.from({ length: 20 }, (_, n) =>
      client.publishAsync('relight/s1/m1/telemetry', `${n}`, { qos: 1 }),
    );
    await pause(400);
    expect(world.intake.taken).toEqual([]);
    world.intake.setMode('commit');
    await Promise.all(sent);
    expect(world.intake.taken.map((message) => message.payload)).toEqual(
      Array.from({ length: 20 }, (_, n) => `${n}`),
    );
    expect(closed).toBe(false);
    expect(world.telemetry.of('relight_intake_retries_total')).toBeGreaterThan(0);
  });

  test('is never given after closing(), and wills of the stop are no evidence', async () => {
    const client = await world.connect('s1/m1', {
      will: { topic: 'relight/s1/m1/status', payload: Buffer.from('offline'), qos: 1 },
    });
    world.broker.closing();
    let acknowledged = false;
    client.publishAsync('relight/s1/m1/telemetry', '{}', { qos: 1 }).then(
      () => {
        acknowledged = true;
      },
      () => {},
    );
    await pause(100);
    await world.broker.stop();
    await pause(50);
    expect(acknowledged).toBe(false);
    expect(world.intake.taken).toEqual([]);
  });
});

test('a port in use is said plainly', async () => {
  const port = world.port;
  await expect(startBroker({ port })).rejects.toThrow(
    `MQTT port ${port} on 127.0.0.1 is already in use; choose another port`,
  );
});
