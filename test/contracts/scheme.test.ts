import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readCase } from '../../contracts/assess-case.ts';
import { readScheme } from '../../contracts/scheme.ts';

const text = readFileSync(new URL('../../schemes/property-fee.json', import.meta.url), 'utf8');

/** The scheme file with the value at a JSON pointer replaced; undefined removes it. */
function changed(...changes: readonly (readonly [path: string, value: unknown])[]): unknown {
  const copy: unknown = JSON.parse(text);
  for (const [path, value] of changes) {
    const keys = path.split('/').slice(1);
    const last = keys.pop() ?? '';
    let at: unknown = copy;
    for (const key of keys) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
    if (typeof at !== 'object' || at === null) throw new Error(`no ${path}`);
    if (value === undefined) Reflect.deleteProperty(at, last);
    else Reflect.set(at, last, value);
  }
  return copy;
}

const faults = (json: unknown): readonly string[] => {
  const read = readScheme(json);
  return read.ok ? [] : read.faults.map(({ path, code }) => `${path} ${code}`);
};

const RULE = '/versions/0/rules/0';

describe('a scheme file', () => {
  it('that we ship is read without a fault', () => {
    expect(faults(JSON.parse(text))).toEqual([]);
  });

  test.for<[string, string, unknown, string]>([
    ['an operator nobody knows', `${RULE}/amount`, { cube: '2' }, `${RULE}/amount unknown_operator`],
    [
      'two operators in one',
      `${RULE}/amount`,
      { add: ['1', '2'], least: ['1', '2'] },
      `${RULE}/amount wrong_form`,
    ],
    ['a number that is no string', `${RULE}/steps/2/is`, 30, `${RULE}/steps/2/is wrong_type`],
    ['one number to add', `${RULE}/amount`, { add: ['1'] }, `${RULE}/amount/add wrong_form`],
    [
      'a parameter it does not declare',
      `${RULE}/amount`,
      { parameter: 'nope' },
      `${RULE}/amount/parameter unknown_parameter`,
    ],
    [
      'a step used before it is made',
      `${RULE}/steps/0/is`,
      { step: 'refund' },
      `${RULE}/steps/0/is/step unknown_step`,
    ],
    [
      'one interruption where there may be several',
      `${RULE}/amount`,
      { interruption: 'operations' },
      `${RULE}/amount/interruption no_single_interruption`,
    ],
    [
      'a field interruptions do not have',
      `${RULE}/exclude/0/if`,
      { interruption: 'weather' },
      `${RULE}/exclude/0/if/interruption unknown_field`,
    ],
    ['a reason without words', `${RULE}/exclude/0/reason`, 'moon', `${RULE}/exclude/0/reason unknown_reason`],
    ['a rounding mode nobody knows', `${RULE}/round/mode`, 'sideways', `${RULE}/round/mode not_allowed`],
    ['rounding finer than the currency', `${RULE}/round/to`, '0.001', `${RULE}/round/to wrong_form`],
    ['rounding to nothing', `${RULE}/round/to`, '0', `${RULE}/round/to wrong_form`],
    ['a zone that does not exist', '/timeZone', 'Asia/Atlantis', '/timeZone unknown_time_zone'],
    [
      'a default outside its bounds',
      '/parameters/share/default',
      '120 %',
      '/parameters/share/default out_of_range',
    ],
    ['a choice without choices', '/parameters/unit/values', [], '/parameters/unit/values missing'],
    ['a missing title', '/title', undefined, '/title missing'],
    ['an amount as a JSON number', '/parameters/share/min', 0, '/parameters/share/min wrong_type'],
    ['a key nobody reads', `${RULE}/bonus`, '5', ''],
  ])('with %s is refused there', ([, path, value, expected]) => {
    const found = faults(changed([path, value]));
    expect(found.length).toBeGreaterThan(0);
    if (expected !== '') expect(found).toContain(expected);
  });

  it('with several faults is refused for all of them', () => {
    expect(
      faults(
        changed(
          [`${RULE}/amount`, { parameter: 'nope' }],
          [`${RULE}/round/mode`, 'up or so'],
          ['/timeZone', 'Nowhere'],
        ),
      ),
    ).toEqual(
      expect.arrayContaining([
        `${RULE}/amount/parameter unknown_parameter`,
        `${RULE}/round/mode not_allowed`,
        '/timeZone unknown_time_zone',
      ]),
    );
  });

  it('whose versions overlap is refused', () => {
    const copy = JSON.parse(text);
    copy.versions.push({ ...copy.versions[0], from: '2024-01-01' });
    expect(faults(copy)).toEqual(['/versions/0/to overlap']);
    copy.versions[0].to = '2023-12-31';
    expect(faults(copy)).toEqual([]);
  });

  it('of any content is read or refused, never an exception', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => void readScheme(json)));
    fc.assert(
      fc.property(
        fc.constantFrom(
          `${RULE}/amount`,
          `${RULE}/steps/0/is`,
          `${RULE}/exclude/0/if`,
          '/parameters',
          '/versions',
        ),
        fc.jsonValue(),
        (path, json) => void readScheme(changed([path, json])),
      ),
    );
  });
});

it('a case of any content is read or refused, never an exception', () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => void readCase(json)));
});
