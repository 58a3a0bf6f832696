import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { planReads, WORDS } from '../../core/readings/modbus-plan.ts';
import { decodeRegisters, encodeRegisters } from '../../core/readings/modbus-registers.ts';
import type { ModbusMap, Profile } from '../../core/readings/profile.ts';
import { dropUnusedPhases } from '../../core/readings/unused-phases.ts';

interface Golden {
  readonly profile: string;
  readonly comment: string;
  readonly blocks: readonly { readonly address: number; readonly hex: string }[];
  readonly expected: Readonly<Record<string, number>>;
}

const PROFILES: readonly Profile[] = [...(await loadProfiles()).values()].filter(
  ({ modbus }) => modbus !== undefined,
);
const folder = new URL('../fixtures/registers/', import.meta.url);
const goldens = readdirSync(folder).map((name): [string, Golden] => [
  name,
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
]);

function mapOf(id: string): ModbusMap {
  const map = PROFILES.find((profile) => profile.id === id)?.modbus;
  if (map === undefined) throw new Error(`No Modbus map for ${id}`);
  return map;
}

test('every Modbus profile has a golden dump', () => {
  const dumped = new Set(goldens.map(([, { profile }]) => profile));
  expect(PROFILES.map(({ id }) => id).filter((id) => !dumped.has(id))).toEqual([]);
});

test.each(goldens)('%s reads as written beside it', (_name, golden) => {
  const blocks = golden.blocks.map(({ address, hex }) => ({ address, bytes: Buffer.from(hex, 'hex') }));
  expect(decodeRegisters(mapOf(golden.profile), blocks)).toEqual(golden.expected);
});

test.each(goldens)('%s holds exactly the blocks that are asked for', (_name, golden) => {
  const asked = planReads(mapOf(golden.profile));
  expect(golden.blocks.map(({ address, hex }) => ({ address, count: hex.length / 4 }))).toEqual(asked);
});

describe.each(PROFILES)('$id', ({ id }) => {
  const map = mapOf(id);

  test('no request is longer than the device allows', () => {
    for (const block of planReads(map)) expect(block.count).toBeLessThanOrEqual(map.maxRegisters);
  });

  test('an answer that is missing costs only its own fields', () => {
    const [first, ...rest] = planReads(map);
    const blocks = rest.map(({ address, count }) => ({ address, bytes: new Uint8Array(count * 2) }));
    const fields = decodeRegisters(map, blocks);
    expect(Object.keys(fields).length).toBeGreaterThan(0);
    expect(Object.keys(fields).length).toBeLessThan(map.registers.length);
    expect(first).toBeDefined();
  });

  test('what a simulated meter encodes is what we decode', () => {
    const fields = Object.fromEntries(map.registers.map(({ field }, n) => [field, 100 + n]));
    const blocks = planReads(map).map(({ address, count }) => ({
      address,
      bytes: encodeRegisters(map, fields, address, count),
    }));
    expect(decodeRegisters(map, blocks)).toEqual(fields);
  });

  test('what a simulated meter does not have is not available', () => {
    const blocks = planReads(map).map(({ address, count }) => ({
      address,
      bytes: encodeRegisters(map, {}, address, count),
    }));
    for (const [field, value] of Object.entries(decodeRegisters(map, blocks)))
      expect([field, value]).toEqual([field, 0]);
  });
});

const types = ['u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64'] as const;

test('any plan covers every register whole, within the limits, and never touches a gap', () => {
  const anyMap = fc
    .record({
      maxRegisters: fc.integer({ min: 4, max: 125 }),
      gapsAt: fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 20 })), {
        maxLength: 4,
      }),
      registers: fc.array(
        fc.record({ address: fc.integer({ min: 0, max: 2_000 }), type: fc.constantFrom(...types) }),
        { minLength: 1, maxLength: 60 },
      ),
    })
    .map(({ maxRegisters, gapsAt, registers }): ModbusMap => {
      const gaps = gapsAt.map(([first, length]): [number, number] => [first, first + length]);
      const readable = registers.filter(
        ({ address, type }) =>
          !gaps.some(([first, last]) => first < address + WORDS[type] && last >= address),
      );
      return {
        function: 3,
        maxRegisters,
        gaps,
        registers: readable.map((register, n) => ({ ...register, field: `f${n}` })),
      };
    });

  fc.assert(
    fc.property(anyMap, (map) => {
      const plan = planReads(map);
      for (const { address, type } of map.registers) {
        expect(
          plan.some(
            (block) => block.address <= address && address + WORDS[type] <= block.address + block.count,
          ),
        ).toBe(true);
      }
      for (const block of plan) {
        expect(block.count).toBeLessThanOrEqual(map.maxRegisters);
        for (const [first, last] of map.gaps ?? []) {
          expect(first < block.address + block.count && last >= block.address).toBe(false);
        }
      }
    }),
  );
});

test.each([
  ['u32 low word first', { type: 'u32', words: 'low_first' }, '614e00bc', 12_345_678],
  ['i32 low word first', { type: 'i32', words: 'low_first' }, 'fffeffff', -2],
  ['u64', { type: 'u64', scale: 0.01 }, '00000000000f4240', 10_000],
  ['i64', { type: 'i64' }, 'ffffffffffffff9c', -100],
  ['i16', { type: 'i16', scale: 0.1 }, 'ff9c', -10],
  ['f64', { type: 'f64' }, '406ccccccccccccd', 230.4],
  ['f32 low word first', { type: 'f32', words: 'low_first' }, '33334366', 230.2],
] as const)('%s', (_name, how, hex, expected) => {
  const map: ModbusMap = { function: 3, maxRegisters: 10, registers: [{ field: 'x', address: 7, ...how }] };
  expect(decodeRegisters(map, [{ address: 7, bytes: Buffer.from(hex, 'hex') }])).toEqual({ x: expected });
  expect(Buffer.from(encodeRegisters(map, { x: expected }, 7, hex.length / 4)).toString('hex')).toBe(hex);
});

test('decoding never throws and never gives NaN, whatever the bytes', () => {
  const block = fc.record({
    address: fc.integer({ min: 0, max: 400 }),
    bytes: fc.uint8Array({ maxLength: 250 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...PROFILES), fc.array(block, { maxLength: 4 }), ({ id }, blocks) => {
      for (const value of Object.values(decodeRegisters(mapOf(id), blocks)))
        expect(Number.isFinite(value)).toBe(true);
    }),
  );
});

describe('a phase at 0 V', () => {
  const onlyA = {
    voltage_a: 230,
    voltage_b: 0,
    voltage_c: 1.2,
    current_b: 0,
    power_c: 0,
    power: 100,
    energy: 5,
  };

  test('is absent when it was never seen alive', () => {
    expect(dropUnusedPhases(onlyA, 0, 230)).toEqual({
      fields: { voltage_a: 230, power: 100, energy: 5 },
      seen: 1,
    });
  });

  test('is a lost phase once it was seen alive', () => {
    const { seen } = dropUnusedPhases({ voltage_a: 230, voltage_b: 229, voltage_c: 231 }, 0, 230);
    expect(dropUnusedPhases(onlyA, seen, 230)).toEqual({ fields: onlyA, seen: 7 });
  });

  test('is reported as it is where it lies between open and connected', () => {
    expect(dropUnusedPhases({ voltage_a: 60 }, 0, 230)).toEqual({ fields: { voltage_a: 60 }, seen: 0 });
  });
});
