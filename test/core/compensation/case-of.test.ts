import { describe, expect, it } from 'vitest';
import type { CaseInterruption } from '../../../core/compensation/case.ts';
import { caseOf, partUnder, presumedAttribution, schemeInForce } from '../../../core/compensation/case-of.ts';
import type { Attributed } from '../../../core/interruptions/attributed.ts';
import type { Interruption } from '../../../core/interruptions/interruption.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-10T00:00:00Z');
const at = (hour: number | null) => (hour === null ? null : START + hour * HOUR);

describe('the scheme of a site', () => {
  const choice = (id: string, from: string) => ({ id, from, parameters: {} });
  const site = {
    timeZone: 'Asia/Shanghai',
    schemes: [
      choice('b', '2026-02-01'),
      choice('a', '2026-01-01'),
      choice('c', '2026-03-01'),
      choice('d', '2026-03-01'),
    ],
  };
  const inForce = (instant: string) => schemeInForce(site, Date.parse(instant))?.id ?? null;

  it('is that of the local day: the latest begun, of two that begin together the later in the file', () => {
    expect(inForce('2025-12-31T15:59:59Z')).toBeNull();
    expect(inForce('2025-12-31T16:00:00Z')).toBe('a');
    expect(inForce('2026-01-31T16:00:00Z')).toBe('b');
    expect(inForce('2026-03-15T00:00:00Z')).toBe('d');
  });
});

describe('who answers for a fault until a person has said so', () => {
  it.each([
    ['feed', 'in', 'utility'],
    ['unit', 'out', 'owner'],
    ['unit', 'in', 'property'],
    ['breaker', 'out', 'property'],
  ] as const)('a %s that failed on its %s side: %s', (kind, rootSide, expected) => {
    expect(presumedAttribution({ rootSide }, { kind })).toBe(expected);
  });

  it('a root that is not known: the property', () => {
    expect(presumedAttribution({ rootSide: null }, undefined)).toBe('property');
  });
});

describe('the part of an interruption that one incident answers for', () => {
  type Cause = readonly [incident: string, from: number, to: number | null];
  function partsOf(incident: string, end: number | null, causes: readonly Cause[]) {
    const interruption: Interruption = {
      id: 'x',
      node: 'u',
      premises: '1201',
      phases: 'ABC',
      from: START,
      to: at(end),
      momentary: false,
      operations: 1,
      planned: null,
      causes: causes.map(([of, from, to]) => ({ incident: of, from: START + from * HOUR, to: at(to) })),
    };
    return partUnder(incident, interruption, 'property').map(({ id, from, to }) => [
      id,
      (from - START) / HOUR,
      to === null ? null : (to - START) / HOUR,
    ]);
  }

  it('is all of it where there is no other', () => {
    expect(partsOf('a', 5, [['a', 0, null]])).toEqual([['x', 0, 5]]);
    expect(partsOf('a', null, [['a', 0, null]])).toEqual([['x', 0, null]]);
    expect(partsOf('a', null, [['a', 0, 3]])).toEqual([['x', 0, 3]]);
    expect(partsOf('b', 5, [['a', 0, null]])).toEqual([]);
  });

  it('ends no later than the interruption, and begins no earlier', () => {
    expect(partsOf('a', 5, [['a', -2, 9]])).toEqual([['x', 0, 5]]);
    expect(partsOf('a', 5, [['a', 5, null]])).toEqual([]);
  });

  it('is that of the earlier incident where two held the premises dark, told in any order', () => {
    const causes: Cause[] = [
      ['b', 3, null],
      ['a', 0, 6],
    ];
    expect([partsOf('a', 10, causes), partsOf('b', 10, causes)]).toEqual([[['x', 0, 6]], [['x', 6, 10]]]);
    expect(
      partsOf('b', 10, [
        ['a', 0, null],
        ['b', 3, null],
      ]),
    ).toEqual([]);
  });

  it('may be two, which have names of their own', () => {
    const causes: Cause[] = [
      ['a', 0, 2],
      ['b', 2, 4],
      ['a', 4, 6],
    ];
    expect(partsOf('a', 6, causes)).toEqual([
      ['x', 0, 2],
      ['x.2', 4, 6],
    ]);
  });
});

it('a person’s word on who answers goes before what was presumed; that nobody can say leaves it open', () => {
  const answering = (attribution?: Attributed) => {
    const said = attribution === undefined ? {} : { attribution };
    const cause = { incident: 'i', from: START, to: at(2), ...said };
    const interruption: Interruption = {
      id: 'x',
      node: 'u',
      premises: '1201',
      phases: 'ABC',
      from: START,
      to: at(2),
      momentary: false,
      operations: 1,
      planned: null,
      causes: [cause],
    };
    return partUnder('i', interruption, 'property')[0]?.attribution;
  };
  expect([answering(), answering('utility'), answering('unknown')]).toEqual(['property', 'utility', null]);
});

it('facts told of an interruption stand with each of its parts', () => {
  const part = (id: string): CaseInterruption => ({
    id,
    from: START,
    to: at(1),
    phases: 'ABC',
    momentary: false,
    operations: 1,
    planned: null,
    cause: null,
    attribution: 'property',
    facts: {},
  });
  const premises = { id: '1201', building: '7', floor: 1, area_m2: '90', class: 'residential' } as const;
  const choice = { id: 'x', from: '2026-01-01', parameters: {} };
  const told = (interruption: Record<string, unknown>) =>
    caseOf(premises as never, [part('a'), part('b')], choice, 'UTC', START, {
      premises: {},
      facts: {},
      interruption,
    });
  expect(told({ depth: '3' }).interruptions.map(({ facts }) => facts)).toEqual([
    { depth: '3' },
    { depth: '3' },
  ]);
  expect(told({}).interruptions.map(({ facts }) => facts)).toEqual([{}, {}]);
});
