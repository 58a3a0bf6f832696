import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSchemes } from '../adapters/registry/load-schemes.ts';
import { readCase } from '../contracts/assess-case.ts';
import { readScheme } from '../contracts/scheme.ts';
import { assess } from '../core/compensation/assess.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import type { Fault } from '../core/units/fault.ts';
import type { Io } from './io.ts';
import { packageRoot } from './package-root.ts';

const USAGE = 'usage: relight assess --scheme FILE|id --case C.json [--pretty]\n';

/** Exit 0: assessed, a refusal by the scheme included. 1: a file could not be used. 2: wrong usage. */
export async function runAssess(argv: string[], io: Io): Promise<number> {
  const options = optionsIn(argv);
  if (options === null) {
    io.stderr(USAGE);
    return 2;
  }
  const scheme = await schemeNamed(options.scheme);
  const given = await fromFile(options.case, readCase);
  const faults = [
    ...(scheme.ok ? [] : scheme.faults.map((fault) => lineOf(options.scheme, fault))),
    ...(given.ok ? [] : given.faults.map((fault) => lineOf(options.case, fault))),
  ];
  if (!scheme.ok || !given.ok) {
    io.stderr(faults.join(''));
    return 1;
  }
  const result = assess(scheme.scheme, given.case);
  io.stdout(`${JSON.stringify(result, null, options.pretty ? 2 : undefined)}\n`);
  return 0;
}

function optionsIn(argv: string[]): { scheme: string; case: string; pretty: boolean } | null {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        scheme: { type: 'string' },
        case: { type: 'string' },
        pretty: { type: 'boolean', default: false },
      },
    });
    const { scheme, case: given, pretty } = values;
    return scheme === undefined || given === undefined ? null : { scheme, case: given, pretty };
  } catch {
    return null;
  }
}

type Failed = { readonly ok: false; readonly faults: readonly Fault[] };

/** A name with a dot or a slash is a file, anything else the id of a scheme that comes with the program. */
async function schemeNamed(name: string): Promise<{ readonly ok: true; readonly scheme: Scheme } | Failed> {
  if (/[./\\]/.test(name)) return await fromFile(name, readScheme);
  const known = await loadSchemes(join(packageRoot(), 'schemes'));
  const scheme = known.get(name);
  return scheme === undefined
    ? failed('unknown_scheme', `no scheme has this id; known: ${[...known.keys()].join(', ')}`)
    : { ok: true, scheme };
}

async function fromFile<T>(file: string, read: (json: unknown) => T): Promise<T | Failed> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return failed('unreadable', error instanceof Error ? error.message : 'cannot be read');
  }
  try {
    return read(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return failed('not_json', error.message);
  }
}

function failed(code: string, message: string): Failed {
  return { ok: false, faults: [{ path: '', code, message }] };
}

function lineOf(file: string, { path, message }: Fault): string {
  return `${file}${path === '' ? '' : ` ${path}`}: ${message}\n`;
}
