import type { Fields } from './message.ts';
import { WORDS } from './modbus-plan.ts';
import type { ModbusMap, ModbusRegister } from './profile.ts';

/** The answer to one request: registers as they came, two bytes each, high byte first. */
export interface RegisterBlock {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Enough for any meter, and it takes the dust of binary scaling off (2301 * 0.1). */
const DIGITS = 12;
/** A single-precision float means no more than this. */
const FLOAT_DIGITS = 7;

/**
 * The fields that a device's answers hold. A register whose block is missing, and a value that the device marks as not
 * available (a sentinel, NaN, an infinity), gives no field: absent is honest, 65535 V is not.
 */
export function decodeRegisters(map: ModbusMap, blocks: readonly RegisterBlock[]): Fields {
  const fields: Record<string, number> = {};
  for (const register of map.registers) {
    const raw = readRaw(register, blocks);
    if (raw === null || !Number.isFinite(raw) || register.sentinels?.includes(raw)) continue;
    const digits = register.type === 'f32' ? FLOAT_DIGITS : DIGITS;
    fields[register.field] = Number((raw * (register.scale ?? 1)).toPrecision(digits));
  }
  return fields;
}

/** The inverse, for simulated meters: registers `address` to `address + count` with the fields in their places, else 0. */
export function encodeRegisters(map: ModbusMap, fields: Fields, address: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 2);
  for (const register of map.registers) {
    const at = register.address - address;
    const words = WORDS[register.type];
    if (at + words <= 0 || at >= count) continue;
    const value = fields[register.field];
    const encoded =
      value === undefined ? notAvailable(register) : writeRaw(register, value / (register.scale ?? 1));
    for (const [offset, byte] of encoded.entries()) {
      const place = at * 2 + offset;
      if (place >= 0 && place < bytes.length) bytes[place] = byte;
    }
  }
  return bytes;
}

function readRaw(register: ModbusRegister, blocks: readonly RegisterBlock[]): number | null {
  const words = WORDS[register.type];
  const block = blocks.find(
    ({ address, bytes }) =>
      address <= register.address && register.address + words <= address + Math.floor(bytes.length / 2),
  );
  if (block === undefined) return null;

  const start = (register.address - block.address) * 2;
  const view = viewOf(orderWords(register, block.bytes.slice(start, start + words * 2)));
  switch (register.type) {
    case 'u16':
      return view.getUint16(0);
    case 'i16':
      return view.getInt16(0);
    case 'u32':
      return view.getUint32(0);
    case 'i32':
      return view.getInt32(0);
    case 'u64':
      return Number(view.getBigUint64(0));
    case 'i64':
      return Number(view.getBigInt64(0));
    case 'f32':
      return view.getFloat32(0);
    case 'f64':
      return view.getFloat64(0);
  }
}

function writeRaw(register: ModbusRegister, value: number): Uint8Array {
  const bytes = new Uint8Array(WORDS[register.type] * 2);
  const view = viewOf(bytes);
  const whole = Math.round(value);
  switch (register.type) {
    case 'u16':
    case 'i16':
      view.setUint16(0, whole);
      break;
    case 'u32':
    case 'i32':
      view.setUint32(0, whole);
      break;
    case 'u64':
    case 'i64':
      view.setBigInt64(0, BigInt(whole));
      break;
    case 'f32':
      view.setFloat32(0, value);
      break;
    case 'f64':
      view.setFloat64(0, value);
      break;
  }
  return orderWords(register, bytes);
}

function notAvailable(register: ModbusRegister): Uint8Array {
  const sentinel = register.sentinels?.[0];
  if (sentinel !== undefined) return writeRaw(register, sentinel);
  return writeRaw(register, register.type === 'f32' || register.type === 'f64' ? Number.NaN : 0);
}

/** Between the order on the wire and high word first; its own inverse. */
function orderWords(register: ModbusRegister, bytes: Uint8Array): Uint8Array {
  if (register.words !== 'low_first') return bytes;
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 2) turned.set(bytes.subarray(at, at + 2), bytes.length - 2 - at);
  return turned;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
