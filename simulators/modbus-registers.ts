import type { ModbusMap, ModbusRegister } from '../core/readings/profile.ts';

const WORDS = { u16: 1, i16: 1, u32: 2, i32: 2, f32: 2, u64: 4, i64: 4, f64: 4 } as const;

/** The bytes of `count` registers from `address` on, as the meter of this map would send them for these fields. */
export function encodeRegisters(
  map: ModbusMap,
  fields: Readonly<Record<string, number>>,
  address: number,
  count: number,
): Buffer {
  const bytes = Buffer.alloc(count * 2);
  for (const register of map.registers) {
    const encoded = encodeRegister(register, fields[register.field]);
    for (let word = 0; word < encoded.length / 2; word++) {
      const at = register.address + word - address;
      if (at >= 0 && at < count) encoded.copy(bytes, at * 2, word * 2, word * 2 + 2);
    }
  }
  return bytes;
}

function encodeRegister(register: ModbusRegister, value: number | undefined): Buffer {
  const bytes = Buffer.alloc(WORDS[register.type] * 2);
  write(bytes, register, value);
  if (register.words !== 'low_first') return bytes;
  const swapped = Buffer.alloc(bytes.length);
  for (let at = 0; at < bytes.length; at += 2) bytes.copy(swapped, bytes.length - 2 - at, at, at + 2);
  return swapped;
}

function write(
  bytes: Buffer,
  { type, scale = 1, sentinels }: ModbusRegister,
  value: number | undefined,
): void {
  // A phase that is not wired reads zero, unless the map has a word for "not available".
  const raw = value === undefined ? (sentinels?.[0] ?? 0) : value / scale;
  if (type === 'f32') bytes.writeFloatBE(raw);
  else if (type === 'f64') bytes.writeDoubleBE(raw);
  else writeInteger(bytes, type.startsWith('i'), BigInt(Math.round(raw)));
}

/** Two's complement, clamped to what the type can hold. */
function writeInteger(bytes: Buffer, signed: boolean, value: bigint): void {
  const bits = BigInt(bytes.length * 8);
  const [low, high] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  let rest = BigInt.asUintN(Number(bits), value < low ? low : value > high ? high : value);
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
