import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createModbusSource,
  type ModbusSource,
  type ModbusSourceDeps,
} from '../../../adapters/modbus/modbus-source.ts';
import { JournalError } from '../../../core/ports/journal.ts';
import type { Fields } from '../../../core/readings/message.ts';
import { encodeRegisters } from '../../../core/readings/modbus-registers.ts';
import type { Profile } from '../../../core/readings/profile.ts';
import type { Device } from '../../../core/topology/site.ts';
import adl400 from '../../../profiles/acrel-adl400.ts';
import sdm120 from '../../../profiles/eastron-sdm120.ts';
import sdm630 from '../../../profiles/eastron-sdm630.ts';
import { deviceOf, directoryOf, pause, recordingIntake, siteOf, until } from '../../support/broker-world.ts';
import { frameFor, type ModbusServer, startModbusServer } from '../../support/modbus-server.ts';
import { createLogBook, createMeter, realClock } from '../../support/quiet.ts';

const PROFILES = new Map([sdm630, sdm120, adl400].map((profile): [string, Profile] => [profile.id, profile]));
const GATEWAY = { id: 'gw', poweredBy: null, via: null };
const PERIOD_S = 0.2;
const PERIOD_MS = PERIOD_S * 1000;

let server: ModbusServer;
let intake: ReturnType<typeof recordingIntake>;
let meter: ReturnType<typeof createMeter>;
let source: ModbusSource | undefined;
beforeEach(async () => {
  server = await startModbusServer();
  intake = recordingIntake();
  meter = createMeter();
});
afterEach(async () => {
  await source?.stop();
  source = undefined;
  await server.stop();
});

function meterAt(unit: number, more: Partial<Device> = {}): Device {
  const address = `modbus://127.0.0.1:${server.port}/${unit}`;
  return deviceOf(`m${unit}`, { address, profile: 'sdm120', interval_s: PERIOD_S, via: 'gw', ...more });
}

function hold(unit: number, profile: Profile, fields: Fields): void {
  const { modbus } = profile;
  if (modbus === undefined) throw new Error(`${profile.id} speaks no Modbus`);
  server.registers.set(unit, (address, count) => encodeRegisters(modbus, fields, address, count));
}

async function poll(devices: readonly Device[], more: Partial<ModbusSourceDeps> = {}) {
  const sites = directoryOf(siteOf('s1', devices, [GATEWAY]));
  source = createModbusSource({
    sites,
    profiles: PROFILES,
    intake,
    clock: realClock,
    log: createLogBook(),
    telemetry: meter,
    deadline_ms: 100,
    probeDeadline_ms: 50,
    connectTimeout_ms: 300,
    ...more,
  });
  await source.start();
  return { source, sites };
}

function readingsOf(id: string): Record<string, number>[] {
  return intake.taken
    .filter(({ topic }) => topic === `relight/s1/${id}/telemetry`)
    .map(({ payload }) => JSON.parse(payload));
}

function statusesOf(id: string): string[] {
  return intake.taken
    .filter(({ topic }) => topic === `relight/s1/${id}/status`)
    .map(({ payload }) => payload);
}

const counted = (key: string) => meter.counts.get(key) ?? 0;

/** Readings of the device go on within two periods from now on, and a little for a busy machine. */
async function goesOn(id: string): Promise<void> {
  const before = readingsOf(id).length;
  await until(() => readingsOf(id).length > before, 2 * PERIOD_MS + 300);
}

describe('a healthy line', () => {
  test('reads become native telemetry with the time of the poll', async () => {
    hold(7, sdm120, {
      voltage: 230.2,
      current: 3.53,
      power: 811.9,
      frequency: 50,
      energy: 12.5,
      energy_export: 0,
    });
    await poll([meterAt(7)]);
    await until(() => readingsOf('m7').length > 0);
    const { ts, ...fields } = readingsOf('m7')[0] ?? {};
    expect(fields).toEqual({
      voltage: 230.2,
      current: 3.53,
      power: 811.9,
      frequency: 50,
      energy: 12.5,
      energy_export: 0,
    });
    expect(Math.abs(Date.now() - Number(ts))).toBeLessThan(2_000);
    expect(intake.taken.every(({ stored }) => !stored)).toBe(true);
  });

  test('function 3 and 4 are asked for as the profile says, in the planned blocks', async () => {
    await poll([meterAt(1), meterAt(2, { profile: 'adl400' })]);
    await until(() => readingsOf('m1').length > 0 && readingsOf('m2').length > 0);
    expect(server.of(1).slice(0, 2)).toMatchObject([
      { fn: 4, address: 0, count: 14 },
      { fn: 4, address: 0x46, count: 6 },
    ]);
    expect(server.of(2).slice(0, 3)).toMatchObject([
      { fn: 3, address: 0, count: 2 },
      { fn: 3, address: 0x61, count: 23 },
      { fn: 3, address: 356, count: 8 },
    ]);
  });

  test('thirty slaves share one connection, one request at a time, each in its period', async () => {
    const devices = Array.from({ length: 30 }, (_, n) => meterAt(n + 1, { interval_s: 0.5 }));
    for (let unit = 1; unit <= 30; unit += 1) server.behaviours.set(unit, { kind: 'values', delay_ms: 2 });
    await poll(devices);
    await until(() => devices.every(({ id }) => readingsOf(id).length >= 3), 10_000);
    expect(server.connections()).toBe(1);
    expect(server.mostUnderWay()).toBe(1);
    expect(source?.lines()).toBe(1);
  });

  test('starts are spread over the period', async () => {
    await poll(Array.from({ length: 20 }, (_, n) => meterAt(n + 1, { interval_s: 2 })));
    await until(() => server.requests.length >= 40, 10_000);
    const firsts = Array.from({ length: 20 }, (_, n) => server.of(n + 1)[0]?.at_ms ?? 0).sort(
      (a, b) => a - b,
    );
    expect((firsts[19] ?? 0) - (firsts[0] ?? 0)).toBeGreaterThan(1_300);
    expect((firsts[10] ?? 0) - (firsts[0] ?? 0)).toBeGreaterThan(600);
  });

  test('an unused phase is absent, a phase that dies is 0 V', async () => {
    hold(1, sdm630, { voltage_a: 230, voltage_b: 229, voltage_c: 0, power: 10 });
    await poll([meterAt(1, { profile: 'sdm630' })]);
    await until(() => readingsOf('m1').length > 0);
    hold(1, sdm630, { voltage_a: 230, voltage_b: 0, voltage_c: 0, power: 10 });
    await until(() => readingsOf('m1').at(-1)?.voltage_b === 0);
    expect(readingsOf('m1')[0]).toMatchObject({ voltage_a: 230, voltage_b: 229 });
    expect(readingsOf('m1').some((reading) => 'voltage_c' in reading)).toBe(false);
  });

  test('a phase known from before the start is reported although it is dead', async () => {
    hold(1, sdm630, { voltage_a: 230, voltage_b: 0, voltage_c: 0 });
    await poll([meterAt(1, { profile: 'sdm630' })], { seenPhases: () => 3 });
    await until(() => readingsOf('m1').length > 0);
    expect(readingsOf('m1')[0]).toMatchObject({ voltage_b: 0 });
    expect(readingsOf('m1')[0]).not.toHaveProperty('voltage_c');
  });

  test('a changed site is followed: new devices join, removed ones leave, the last one closes the line', async () => {
    const { sites } = await poll([meterAt(1)]);
    await until(() => readingsOf('m1').length > 0);
    sites.put(siteOf('s1', [meterAt(2)], [GATEWAY]));
    await until(() => readingsOf('m2').length > 0);
    const before = server.of(1).length;
    await pause(3 * PERIOD_MS);
    expect(server.of(1).length).toBe(before);
    sites.put(siteOf('s1', [meterAt(2, { inService: false })], [GATEWAY]));
    expect(source?.lines()).toBe(0);
  });

  test.each([
    ['modbus://127.0.0.1:502', 'sdm120', 'address'],
    ['modbus://127.0.0.1:502/300', 'sdm120', 'address'],
    ['modbus://127.0.0.1:0/1', 'sdm120', 'address'],
    ['modbus://127.0.0.1:502/1', 'native', 'profile'],
  ])('%s with profile %s is refused by its %s and counted', async (address, profile, reason) => {
    await poll([meterAt(1, { address, profile })]);
    expect(counted(`relight_modbus_unusable_devices_total{reason="${reason}"}`)).toBe(1);
    expect(source?.lines()).toBe(0);
  });

  test('a full journal queues nothing: one reading waits, the next ones are read again later', async () => {
    intake.setMode('hold');
    await poll([meterAt(1)]);
    await until(() => counted('relight_modbus_readings_skipped_total') >= 2);
    expect(readingsOf('m1')).toHaveLength(1);
    intake.setMode('commit');
    intake.commitAll();
    await goesOn('m1');
  });

  test('a reading the journal refuses is counted, and polling goes on', async () => {
    intake.setMode(new JournalError('journal_failed', 'disk'));
    await poll([meterAt(1)]);
    await until(() => counted('relight_modbus_readings_skipped_total') >= 2);
    intake.setMode('commit');
    await goesOn('m1');
  });
});

describe('slaves that do not answer', () => {
  test('ten dead among twenty slow nobody down', async () => {
    const period_ms = 500;
    const devices = Array.from({ length: 20 }, (_, n) => meterAt(n + 1, { interval_s: period_ms / 1000 }));
    for (let unit = 1; unit <= 10; unit += 1) server.behaviours.set(unit, { kind: 'silent' });
    await poll(devices);
    await until(
      () => Array.from({ length: 10 }, (_, n) => statusesOf(`m${n + 1}`)).every((list) => list.length > 0),
      10_000,
    );
    const before = devices.slice(10).map(({ id }) => readingsOf(id).length);
    const probes = () => server.requests.filter(({ unit }) => unit <= 10).length;
    const probed = probes();
    await pause(3_000);
    // A silent probe takes 50 ms, and the dead have a fifth of the time: 12 in 3 s.
    expect(probes() - probed).toBeGreaterThan(2);
    expect(probes() - probed).toBeLessThanOrEqual(14);
    const rounds = devices.slice(10).map(({ id }, n) => readingsOf(id).length - (before[n] ?? 0));
    expect(Math.min(...rounds)).toBeGreaterThanOrEqual(5);
    expect(statusesOf('m1')).toEqual(['offline']);
  }, 30_000);

  test('a dead slave is told once, probed, and read again as soon as it answers', async () => {
    server.behaviours.set(1, { kind: 'silent' });
    await poll([meterAt(1), meterAt(2)]);
    await until(() => statusesOf('m1').length === 1);
    await pause(2 * PERIOD_MS);
    expect(statusesOf('m1')).toEqual(['offline']);
    expect(server.of(1).at(-1)).toMatchObject({ address: 0, count: 2 });
    server.behaviours.set(1, { kind: 'values' });
    await until(() => readingsOf('m1').length > 0, 3_000);
  });

  test('an exception means that the device is alive: what it does answer is kept', async () => {
    hold(1, sdm120, { voltage: 231 });
    server.behaviours.set(1, {
      kind: 'raw',
      bytes: (request) => {
        const [address, count] = [request.readUInt16BE(8), request.readUInt16BE(10)];
        if (address !== 0) return frameFor(request, Buffer.from([0x84, 2]));
        const bytes = server.registers.get(1)?.(address, count) ?? new Uint8Array();
        return frameFor(request, Buffer.concat([Buffer.from([4, bytes.length]), bytes]));
      },
    });
    await poll([meterAt(1)]);
    await until(() => readingsOf('m1').length >= 3);
    expect(readingsOf('m1')[0]).toMatchObject({ voltage: 231 });
    expect(readingsOf('m1')[0]).not.toHaveProperty('energy');
    expect(statusesOf('m1')).toEqual([]);
    expect(counted('relight_modbus_exceptions_total{code="2"}')).toBeGreaterThan(0);
  });

  test('a device that answers with exceptions only is heard, without a value', async () => {
    server.behaviours.set(1, { kind: 'exception', code: 6 });
    await poll([meterAt(1)]);
    await until(() => readingsOf('m1').length >= 2);
    expect(Object.keys(readingsOf('m1')[0] ?? {})).toEqual(['ts']);
  });

  test.each([0x0a, 0x0b])(
    'exception %d is the gateway speaking: it is alive and its target is silent',
    async (code) => {
      server.behaviours.set(1, { kind: 'exception', code });
      await poll([meterAt(1), meterAt(2)]);
      await until(() => statusesOf('m1').length > 0);
      expect(statusesOf('m1')).toEqual(['offline']);
      expect(statusesOf('gw')).toEqual(['online']);
      expect(readingsOf('m1')).toEqual([]);
      expect(server.connections()).toBe(1);
    },
  );

  test('a late answer is dropped and not taken for the next one', async () => {
    hold(1, sdm120, { voltage: 111 });
    hold(2, sdm120, { voltage: 222 });
    server.behaviours.set(1, { kind: 'values', delay_ms: 130 });
    await poll([meterAt(1), meterAt(2)]);
    await until(() => readingsOf('m2').length >= 3);
    expect(new Set(readingsOf('m2').map(({ voltage }) => voltage))).toEqual(new Set([222]));
    expect(server.connections()).toBe(1);
  });
});

describe('a connection that breaks', () => {
  test('a reset in the middle of a request costs no reading', async () => {
    await poll([meterAt(1)]);
    await until(() => readingsOf('m1').length > 0);
    server.behaviours.set(1, { kind: 'reset' });
    await until(() => server.connections() >= 2);
    server.behaviours.set(1, { kind: 'values' });
    await goesOn('m1');
    expect(statusesOf('m1')).toEqual([]);
  });

  test.each(['reset', 'close'] as const)('a %s between polls is repaired within two periods', async (how) => {
    await poll([meterAt(1)]);
    await until(() => readingsOf('m1').length > 0);
    server.dropAll(how);
    await goesOn('m1');
    expect(server.connections()).toBe(2);
    expect(statusesOf('m1')).toEqual([]);
  });

  test.each([1, 3])(
    'a black hole under %d slaves is left for a new connection within two periods',
    async (slaves) => {
      const devices = Array.from({ length: slaves }, (_, n) => meterAt(n + 1));
      await poll(devices);
      await until(() => devices.every(({ id }) => readingsOf(id).length > 0));
      server.setDeaf(true);
      await until(() => counted('relight_modbus_rebuilt_total{reason="silent"}') > 0, 2 * PERIOD_MS + 300);
      server.setDeaf(false);
      await goesOn('m1');
      expect(server.connections()).toBeGreaterThan(1);
    },
  );

  test('a gateway that is away is told, and found again within two periods', async () => {
    await poll([meterAt(1)]);
    await until(() => readingsOf('m1').length > 0);
    await server.closePort();
    await until(() => statusesOf('gw').length === 2);
    await pause(3 * PERIOD_MS);
    expect(statusesOf('gw')).toEqual(['online', 'offline']);
    expect(statusesOf('m1')).toEqual([]);
    await server.listenAgain();
    await goesOn('m1');
    expect(statusesOf('gw')).toEqual(['online', 'offline', 'online']);
  });

  test('a meter with its own connection is told offline when that is away', async () => {
    await poll([meterAt(1, { via: null })]);
    await until(() => readingsOf('m1').length > 0);
    await server.closePort();
    await until(() => statusesOf('m1').length > 0);
    expect(statusesOf('m1')).toEqual(['offline']);
    await server.listenAgain();
    await until(() => readingsOf('m1').length > 1, 3_000);
  });

  test('a stop in the middle of a silent request returns at once', async () => {
    server.behaviours.set(1, { kind: 'silent' });
    await poll([meterAt(1)], { deadline_ms: 10_000 });
    await until(() => server.requests.length > 0);
    const began = performance.now();
    await source?.stop();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
