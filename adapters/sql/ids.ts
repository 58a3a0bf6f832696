import { randomUUID } from 'node:crypto';

/** Ids that sort by time: UUIDv7, the millisecond, then a count inside it, then chance. */
export function createIdSource(): (at: number) => string {
  let last = 0;
  let count = 0;
  return (at) => {
    count = at === last ? (count + 1) % 0x1_00_00_00 : 0;
    last = at;
    const time = at.toString(16).padStart(12, '0');
    // 24 bits of count stand where UUIDv7 allows one: 12 after the version, 12 after the variant.
    const high = (count >> 12).toString(16).padStart(3, '0');
    const low = (0x8000 | (count & 0xfff)).toString(16);
    const chance = randomUUID().slice(24);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${low}-${chance}`;
  };
}

/** An id that says nothing. */
export function randomId(): string {
  return randomUUID();
}

export function randomSalt(): string {
  return randomUUID();
}
