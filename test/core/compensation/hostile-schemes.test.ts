import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCase } from '../../../contracts/assess-case.ts';
import { readScheme } from '../../../contracts/scheme.ts';
import { assess } from '../../../core/compensation/assess.ts';
import { assessed, compiled, cut, type Json, rule, schemeOf } from './example-scheme.ts';

const FIXTURES = 'test/fixtures/schemes';

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.examples.json'))
    .map((name) => join(folder, name));
}

const SCHEMES = [...filesIn('schemes'), ...filesIn(FIXTURES)].map((file) => {
  const examples = `${FIXTURES}/${file
    .split('/')
    .at(-1)
    ?.replace(/\.json$/, '.examples.json')}`;
  return { json: readFileSync(file, 'utf8'), cases: casesIn(examples) };
});

function casesIn(file: string): readonly unknown[] {
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const list: readonly unknown[] = Array.isArray(read)
    ? read
    : Object.values(read as Json).flatMap((one) => (Array.isArray(one) ? one : []));
  return list.flatMap((one) => (typeof one === 'object' && one !== null && 'case' in one ? [one.case] : []));
}

/** Every place of a JSON value, as the object or list it stands in and its key. */
function placesOf(value: unknown, found: { in: Json; key: string }[] = []): { in: Json; key: string }[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push({ in: value as Json, key });
    placesOf((value as Json)[key], found);
  }
  return found;
}

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  '',
  '0',
  '-1',
  '1000000000000000000000000000000',
  '0.000000000000000001',
  '100 %',
  'x',
  '2024-02-30',
  '9999-12-31',
  [],
  {},
  [[]],
  { elapsed: 'hour' },
  { premises: 'nothing' },
  { divide: ['1', '0'] },
  { power: { of: '9', to: '999' } },
  { interruption: 'attribution' },
  { now: true },
  '__proto__',
];

describe('a scheme somebody spoilt', () => {
  it('is read without throwing, and what is accepted assesses without throwing', () => {
    let accepted = 0;
    const change = fc.record({ at: fc.nat(), how: fc.nat({ max: 3 }), odd: fc.nat(), other: fc.nat() });
    fc.assert(
      fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 3 }), (which, changes) => {
        const { json, cases } = SCHEMES[which % SCHEMES.length] ?? { json: '{}', cases: [] };
        const scheme: unknown = JSON.parse(json);
        for (const { at, how, odd, other } of changes) spoil(scheme, at, how, odd, other);
        const read = readScheme(scheme);
        if (!read.ok) {
          expect(read.faults.length).toBeGreaterThan(0);
          for (const { path, message } of read.faults) {
            expect(path === '' || path.startsWith('/')).toBe(true);
            expect(message).not.toBe('');
          }
          return;
        }
        accepted += 1;
        for (const given of cases.slice(0, 3)) {
          const one = readCase(given);
          if (one.ok) expect(assess(read.scheme, one.case).total.currency).toBe(read.scheme.file.currency);
        }
      }),
      { numRuns: 1_500 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

/** Puts something odd, takes something out, doubles something, or puts another part of the file there. */
function spoil(scheme: unknown, at: number, how: number, odd: number, other: number): void {
  const places = placesOf(scheme);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return;
  const source = places[other % places.length];
  if (how === 0) place.in[place.key] = structuredClone(ODD[odd % ODD.length]);
  else if (how === 1 && Array.isArray(place.in)) place.in.splice(Number(place.key), 1);
  else if (how === 1) delete place.in[place.key];
  else if (how === 2 && Array.isArray(place.in)) place.in.push(structuredClone(place.in[Number(place.key)]));
  else if (source !== undefined) place.in[place.key] = structuredClone(source.in[source.key]);
}

describe('a scheme made to take everything', () => {
  const cuts = { interruptions: [cut('2024-03-01T00:00:00+01:00', 5)] };

  it('nested without end is refused', () => {
    let deep: unknown = true;
    for (let i = 0; i < 20_000; i += 1) deep = { not: deep };
    const read = readScheme({ ...schemeOf([rule()]), definitions: { deep } });
    expect(read).toMatchObject({ ok: false, faults: [{ code: 'too_deep' }] });
  });

  it('of definitions that double each other is refused in time', () => {
    const definitions: Json = { d0: { elapsed: 'hour' } };
    for (let i = 1; i < 20; i += 1)
      definitions[`d${i}`] = { add: [{ use: `d${i - 1}` }, { use: `d${i - 1}` }] };
    const read = readScheme(schemeOf([rule({ amount: { use: 'd19' } })], { definitions }));
    expect(read).toMatchObject({
      ok: false,
      faults: expect.arrayContaining([expect.objectContaining({ code: 'too_large' })]),
    });
  });

  it('may have fifty thousand expressions and not one more', () => {
    const amountOf = (many: number) => ({
      multiply: ['1', { add: Array.from({ length: many }, () => ({ elapsed: 'hour' })) }],
    });
    const codes = (many: number) => {
      const read = readScheme(schemeOf([rule({ amount: amountOf(many) })]));
      return read.ok ? [] : [...new Set(read.faults.map(({ code }) => code))];
    };
    // The two operators around them count as well.
    expect(codes(49_998)).toEqual([]);
    expect(codes(49_999)).toEqual(['too_large']);
  });

  it('that multiplies without end is refused, not computed', () => {
    const fee = { type: 'number', title: { 'zh-CN': '费', en: 'fee' }, unit: 'money', default: '1' };
    const steps = [{ name: 's0', is: { power: { of: '9', to: '900' } } }];
    for (let i = 1; i < 60; i += 1)
      steps.push({
        name: `s${i}`,
        is: { multiply: [{ step: `s${i - 1}` }, { step: `s${i - 1}` }] },
      } as never);
    const result = assessed(
      compiled(
        schemeOf([rule({ steps, amount: { multiply: [{ step: 's59' }, { parameter: 'fee' }] } })], {
          parameters: { fee },
        }),
      ),
      cuts,
    );
    expect(result.refused).toMatchObject([{ code: 'out_of_range' }]);
    const huge = rule({
      amount: { multiply: [{ power: { of: '123456789.123', to: '1000' } }, { parameter: 'fee' }] },
    });
    expect(assessed(compiled(schemeOf([huge], { parameters: { fee } })), cuts).refused).toMatchObject([
      { code: 'out_of_range' },
    ]);
  });
});
