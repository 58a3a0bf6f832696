import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readCase } from '../../../contracts/assess-case.ts';
import { readScheme } from '../../../contracts/scheme.ts';
import { assess } from '../../../core/compensation/assess.ts';
import type { Assessment } from '../../../core/compensation/case.ts';
import type { Scheme } from '../../../core/compensation/compiled.ts';

const FIXTURES = new URL('../../fixtures/schemes/', import.meta.url);
const SHIPPED = new URL('../../../schemes/', import.meta.url);

interface Expected {
  readonly total?: string;
  /** What each entitlement says, in the order of the rules; only the keys given here are looked at. */
  readonly entitlements?: readonly Partial<Assessment['entitlements'][number]>[];
  readonly notOwed?: Assessment['notOwed'];
  readonly refused?: Assessment['refused'];
  readonly unverified?: readonly string[];
  readonly trace?: readonly Record<string, unknown>[];
}

interface Example {
  readonly name: string;
  readonly case: unknown;
  readonly expect: Expected;
}

function jsonIn(folder: URL, name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

function schemesIn(folder: URL): readonly [string, unknown][] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.examples.json'))
    .map((name) => [name.replace(/\.json$/, ''), jsonIn(folder, name)]);
}

const schemes = [...schemesIn(SHIPPED), ...schemesIn(FIXTURES)];

function read(json: unknown): Scheme {
  const scheme = readScheme(json);
  if (!scheme.ok) throw new Error(scheme.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return scheme.scheme;
}

function assessed(scheme: unknown, given: unknown): Assessment {
  const it = readCase(given);
  if (!it.ok) throw new Error(it.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return assess(read(scheme), it.case);
}

describe.each(schemes)('the worked examples of %s', (id, scheme) => {
  it('come with a scheme that is read without a fault', () => {
    expect(read(scheme).file.id).toBe(id);
  });

  const examples = jsonIn(FIXTURES, `${id}.examples.json`) as readonly Example[];
  test.each(examples)('$name', ({ case: given, expect: expected }) => {
    const result = assessed(scheme, given);
    expect(result.refused).toEqual(expected.refused ?? null);
    if (expected.total !== undefined) expect(result.total.amount).toBe(expected.total);
    if (expected.entitlements !== undefined)
      expect(result.entitlements).toEqual(expected.entitlements.map((one) => expect.objectContaining(one)));
    for (const one of expected.notOwed ?? []) expect(result.notOwed).toContainEqual(one);
    const doubts = result.unverified.map(({ path }) => path);
    for (const path of expected.unverified ?? []) expect(doubts).toContain(path);
    for (const line of expected.trace ?? [])
      expect(result.trace).toContainEqual(expect.objectContaining(line));
  });
});
