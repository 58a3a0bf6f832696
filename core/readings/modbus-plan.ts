import type { ModbusMap, ModbusRegister } from './profile.ts';

/** One request: `count` registers from `address` on. */
export interface ReadBlock {
  readonly address: number;
  readonly count: number;
}

/** Reading over this many unwanted registers costs less than another exchange on a serial line at 9,600 baud. */
const WORTH_READING_OVER = 24;

export const WORDS: Readonly<Record<ModbusRegister['type'], number>> = {
  u16: 1,
  i16: 1,
  u32: 2,
  i32: 2,
  f32: 2,
  u64: 4,
  i64: 4,
  f64: 4,
};

/**
 * The fewest requests that cover every register of a map: near ones share a request, none is longer than the device
 * allows, none touches a range that answers with an exception, and no value is torn between two answers.
 */
export function planReads(map: ModbusMap): readonly ReadBlock[] {
  const sorted = [...map.registers].sort((a, b) => a.address - b.address);
  const blocks: ReadBlock[] = [];
  for (const register of sorted) {
    const end = register.address + WORDS[register.type];
    const last = blocks.at(-1);
    if (last !== undefined && fits(map, last, register.address, end)) {
      blocks[blocks.length - 1] = {
        address: last.address,
        count: Math.max(last.count, end - last.address),
      };
    } else {
      blocks.push({ address: register.address, count: end - register.address });
    }
  }
  return blocks;
}

function fits(map: ModbusMap, block: ReadBlock, from: number, end: number): boolean {
  const blockEnd = block.address + block.count;
  if (end - block.address > map.maxRegisters || from - blockEnd > WORTH_READING_OVER) return false;
  return !(map.gaps ?? []).some(([first, last]) => first < end && last >= block.address);
}
