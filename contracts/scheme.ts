import { compileScheme } from '../core/compensation/compile.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import { nearest } from '../core/compensation/nearest.ts';
import type { SchemeFile } from '../core/compensation/scheme.ts';
import type { Fault } from '../core/units/fault.ts';
import { formFaults } from './scheme-form-faults.ts';
import { perFaults } from './scheme-per-schema.ts';
import { SchemeSchema } from './scheme-schema.ts';
import { compileShape } from './shape-faults.ts';

const shape = compileShape(SchemeSchema);

export type ReadScheme =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** A scheme ready to assess by, or every fault of the file with its path. Nothing is half read. */
export function readScheme(json: unknown): ReadScheme {
  const form = formFaults(json);
  if (form.length > 0) return { ok: false, faults: form };
  const faults = [...(shape.is(json) ? [] : shape.faults(json, '')), ...faultsOfPer(json)].flatMap(inWords);
  if (faults.length > 0) return { ok: false, faults };
  // TypeBox says `default?: T | undefined` is absent; the file came from JSON, where nothing is undefined.
  const file: SchemeFile = JSON.parse(JSON.stringify(json));
  return compileScheme(file);
}

function faultsOfPer(json: unknown): readonly Fault[] {
  return listIn(json, 'versions').flatMap((version, i) => {
    const of = (key: string, kind: Parameters<typeof perFaults>[1]) =>
      listIn(version, key).flatMap((one, j) =>
        typeof one === 'object' && one !== null && 'per' in one
          ? perFaults(one.per, kind, `/versions/${i}/${key}/${j}/per`)
          : [],
      );
    return [...of('rules', 'rule'), ...of('groups', 'group'), ...of('limits', 'limit')];
  });
}

function listIn(json: unknown, key: string): readonly unknown[] {
  const list: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, key) : undefined;
  return Array.isArray(list) ? list : [];
}

/** Every key a scheme file may have, for `did you mean`. */
const KEYS = [...new Set(JSON.stringify(SchemeSchema).match(/(?<=")[A-Za-z_]+(?=":\{)/g) ?? [])];

/** A key nobody reads is told once, by its own name. */
function inWords(fault: Fault): readonly Fault[] {
  if (fault.message === 'must not have additional properties') return [];
  if (fault.message !== 'schema is false') return [fault];
  const key = fault.path.split('/').at(-1) ?? '';
  return [
    {
      ...fault,
      code: 'unknown_key',
      message: `'${key}' is no key that is read here${nearest(
        key,
        KEYS.filter((one) => one !== key),
      )}`,
    },
  ];
}
