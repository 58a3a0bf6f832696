import { pointerStep } from '../units/fault.ts';
import type { SchemeFile } from './scheme.ts';

export interface Doubt {
  readonly path: string;
  readonly note: string;
}

/** Every figure of a scheme that nobody has confirmed, with its place in the file. */
export function doubtsOf(file: SchemeFile): readonly Doubt[] {
  const found: Doubt[] = [];
  const waiting: { readonly value: unknown; readonly path: string }[] = [{ value: file, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inside] of Object.entries(value)) {
      if (key === 'unverified' && typeof inside === 'string') found.push({ path, note: inside });
      else waiting.push({ value: inside, path: `${path}/${pointerStep(key)}` });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
