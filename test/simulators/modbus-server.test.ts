import { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { defineProfile } from '../../core/readings/profile.ts';
import type { Slave } from '../../simulators/fleet.ts';
import { createModbusServer } from '../../simulators/modbus-server.ts';
import { siteOf } from './sites.ts';

const profile = defineProfile({
  id: 'p',
  title: { 'zh-CN': 'p', en: 'p' },
  lastGasp: false,
  reportsUptime: false,
  source: 'this test',
  modbus: {
    function: 3,
    maxRegisters: 20,
    gaps: [[30, 39]],
    registers: [
      { field: 'voltage', address: 0, type: 'u16', scale: 0.1 },
      { field: 'power', address: 1, type: 'i32', words: 'low_first' },
      { field: 'frequency', address: 4, type: 'f32' },
      { field: 'energy', address: 6, type: 'u64', scale: 0.01 },
      { field: 'temperature', address: 10, type: 'i16', sentinels: [-32768] },
    ],
  },
});
const device = siteOf({
  site: { id: 's' },
  nodes: [
    { id: 'U', kind: 'feed' },
    { id: 'u', kind: 'unit', fedBy: 'U' },
  ],
  devices: [{ id: 'm', profile: 'p', node: 'u', address: 'modbus://127.0.0.1:5502/7' }],
}).devices;

const state = { alive: true };
const slaves: Slave[] = device.map((one) => ({
  device: one,
  isAlive: () => state.alive,
  read: () => ({ voltage: 229.94, power: -70_000, frequency: 50.02, energy: 12_345_678.91 }),
}));

const stops: (() => unknown)[] = [];
afterEach(async () => {
  state.alive = true;
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function connected() {
  const server = createModbusServer(slaves, new Map([['p', profile]]), { port: 0 });
  await server.start();
  stops.push(() => server.stop());
  const socket = new Socket();
  stops.push(() => socket.destroy());
  await new Promise<void>((resolve) => socket.connect(server.port(), '127.0.0.1', resolve));
  return { server, socket };
}

function request(unit: number, code: number, address: number, count: number): Buffer {
  const frame = Buffer.from([0, 9, 0, 0, 0, 6, unit, code, 0, 0, 0, 0]);
  frame.writeUInt16BE(address, 8);
  frame.writeUInt16BE(count, 10);
  return frame;
}

function answer(socket: Socket): Promise<Buffer | 'closed' | 'reset'> {
  return new Promise((resolve) => {
    socket.once('data', resolve);
    socket.once('error', () => resolve('reset'));
    socket.once('close', () => resolve('closed'));
  });
}

it('answers registers as the map encodes them, however the request is cut', async () => {
  const { socket } = await connected();
  const frame = request(7, 3, 0, 11);
  socket.write(frame.subarray(0, 5));
  setTimeout(() => socket.write(frame.subarray(5)), 20);
  const got = await answer(socket);
  if (typeof got === 'string') throw new Error(got);
  expect([...got.subarray(0, 9)]).toEqual([0, 9, 0, 0, 0, 25, 7, 3, 22]);
  const data = got.subarray(9);
  expect(data.readUInt16BE(0)).toBe(2299);
  expect((data.readInt16BE(4) << 16) | data.readUInt16BE(2)).toBe(-70_000);
  expect(data.readFloatBE(8)).toBeCloseTo(50.02, 4);
  expect(data.readBigUInt64BE(12)).toBe(1_234_567_891n);
  expect(data.readInt16BE(20)).toBe(-32_768);
});

it.for([
  ['another function', request(7, 4, 0, 1), 1],
  ['a gap', request(7, 3, 28, 4), 2],
  ['more than the meter gives at once', request(7, 3, 0, 21), 3],
  ['nothing', request(7, 3, 0, 0), 3],
  ['a slave nobody has', request(9, 3, 0, 1), 0x0b],
] as const)('refuses a read of %s', async ([, frame, exception]) => {
  const { socket } = await connected();
  socket.write(frame);
  const got = await answer(socket);
  expect(typeof got === 'string' ? got : [got[7], got[8]]).toEqual([(frame[7] ?? 0) | 0x80, exception]);
});

it('answers for a dead slave, and can hang, fail or be reset when told to', async () => {
  const { server, socket } = await connected();
  state.alive = false;
  socket.write(request(7, 3, 0, 1));
  expect((await answer(socket)).at(8)).toBe(0x0b);
  state.alive = true;
  server.setFault('m', 'exception');
  socket.write(request(7, 3, 0, 1));
  expect((await answer(socket)).at(8)).toBe(4);
  server.setFault('m', 'hang');
  socket.write(request(7, 3, 0, 1));
  expect(
    await Promise.race([answer(socket), new Promise((resolve) => setTimeout(resolve, 500, 'nothing'))]),
  ).toBe('nothing');
  server.setFault('m', 'reset');
  socket.write(request(7, 3, 0, 1));
  expect(await answer(socket)).toBe('reset');
  expect(server.setFault('nobody', 'hang')).toBe(false);
});

it('closes on bytes that are no Modbus', async () => {
  const { socket } = await connected();
  socket.write('GET / HTTP/1.1\r\n\r\n');
  expect(await answer(socket)).toBe('closed');
});
