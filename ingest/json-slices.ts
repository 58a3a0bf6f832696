import { setImmediate } from 'node:timers/promises';

const SLICE_CHARS = 128 * 1024;
/** Work between two turns of the event loop. */
const TURN_MS = 5;
/** Larger arrays and objects are written element by element. */
const SMALL = 256;

/** JSON.stringify that lets the event loop turn: a large site's state must not stop the house for long. */
export async function stringifyInSlices(value: unknown): Promise<string[]> {
  const done: string[] = [];
  let slice = '';
  let began = performance.now();
  for (const piece of pieces(value)) {
    slice += piece;
    if (slice.length >= SLICE_CHARS) {
      done.push(slice);
      slice = '';
    }
    if (performance.now() - began < TURN_MS) continue;
    await setImmediate();
    began = performance.now();
  }
  done.push(slice);
  return done;
}

function* pieces(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    if (value.length <= SMALL && !value.some(isLarge)) {
      yield JSON.stringify(value);
      return;
    }
    let separator = '[';
    for (const element of value) {
      yield separator;
      yield* pieces(element ?? null);
      separator = ',';
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    yield* objectPieces(value);
  } else {
    yield JSON.stringify(value);
  }
}

function* objectPieces(value: object): Generator<string> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length <= SMALL && !entries.some(([, member]) => isLarge(member))) {
    yield JSON.stringify(value);
    return;
  }
  let separator = '{';
  for (const [key, member] of entries) {
    yield `${separator}${JSON.stringify(key)}:`;
    yield* pieces(member);
    separator = ',';
  }
  yield '}';
}

/** Anything that holds more than a few things is looked into; a flat object of numbers is not. */
function isLarge(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.length > 16 || members.some((member) => typeof member === 'object' && member !== null);
}
