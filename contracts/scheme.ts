import { compileScheme } from '../core/compensation/compile.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import type { SchemeFile } from '../core/compensation/scheme.ts';
import type { Fault } from '../core/units/fault.ts';
import { SchemeSchema } from './scheme-schema.ts';
import { compileShape } from './shape-faults.ts';

const shape = compileShape(SchemeSchema);

export type ReadScheme =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** A scheme ready to assess by, or every fault of the file with its path. Nothing is half read. */
export function readScheme(json: unknown): ReadScheme {
  if (!shape.is(json)) return { ok: false, faults: shape.faults(json, '') };
  // TypeBox says `default?: T | undefined` is absent; the file came from JSON, where nothing is undefined.
  const file: SchemeFile = JSON.parse(JSON.stringify(json));
  return compileScheme(file);
}
