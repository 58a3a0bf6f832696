import type { DeviceClock } from './device-clock.ts';

/** Layout of one clock's cells; NaN is null. */
const COUNT = 0;
export const LOW = 1;
export const LOW_BEFORE = 2;
const LAST = 3;
const ALIKE = 4;

/** A clock within a block of cells. */
export class ClockCells implements DeviceClock {
  readonly #cells: Float64Array;
  readonly #at: number;

  constructor(cells: Float64Array, at: number) {
    this.#cells = cells;
    this.#at = at;
  }

  get count(): number {
    return this.#cells[this.#at + COUNT] ?? 0;
  }
  set count(count) {
    this.#cells[this.#at + COUNT] = count;
  }

  get low(): number | null {
    return orNull(this.#cells[this.#at + LOW]);
  }
  set low(low) {
    this.#cells[this.#at + LOW] = low ?? Number.NaN;
  }

  get lowBefore(): number | null {
    return orNull(this.#cells[this.#at + LOW_BEFORE]);
  }
  set lowBefore(low) {
    this.#cells[this.#at + LOW_BEFORE] = low ?? Number.NaN;
  }

  get last(): number {
    return this.#cells[this.#at + LAST] ?? 0;
  }
  set last(delay) {
    this.#cells[this.#at + LAST] = delay;
  }

  get alike(): number {
    return this.#cells[this.#at + ALIKE] ?? 0;
  }
  set alike(count) {
    this.#cells[this.#at + ALIKE] = count;
  }
}

function orNull(value = Number.NaN): number | null {
  return Number.isNaN(value) ? null : value;
}
