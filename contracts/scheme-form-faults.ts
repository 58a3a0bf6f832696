import { type Fault, pointerStep } from '../core/units/fault.ts';

const LEVELS_MOST = 200;
const NODES_MOST = 200_000;

/** Names every object answers to by itself: looked up by one of them, nothing would seem to be something. */
const RESERVED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** What is wrong with a file before anybody looks at what it says: too deep, too large, or with names that mean something else. */
export function formFaults(json: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  const waiting: { readonly value: unknown; readonly path: string; readonly level: number }[] = [
    { value: json, path: '', level: 0 },
  ];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path, level } = next;
    seen += 1;
    if (seen > NODES_MOST)
      return [{ path: '', code: 'too_large', message: `has more than ${NODES_MOST} parts` }];
    if (level > LEVELS_MOST)
      return [{ path, code: 'too_deep', message: `nested more than ${LEVELS_MOST} deep` }];
    if (typeof value === 'string' && RESERVED.has(value)) faults.push(reserved(path, value));
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inside] of Object.entries(value)) {
      const place = `${path}/${pointerStep(key)}`;
      if (RESERVED.has(key)) faults.push(reserved(place, key));
      waiting.push({ value: inside, path: place, level: level + 1 });
    }
  }
  return faults;
}

function reserved(path: string, name: string): Fault {
  return { path, code: 'reserved', message: `'${name}' cannot be a name here: choose another word` };
}
