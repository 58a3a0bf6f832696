import { describe, expect, it } from 'vitest';
import { parameterFaults } from '../../../core/compensation/check-parameters.ts';
import type { Parameter, SchemeFile } from '../../../core/compensation/scheme.ts';
import { revisionOf, schemeName } from '../../../core/compensation/scheme-name.ts';
import { doubtsOf } from '../../../core/compensation/unverified.ts';

const spec = (over: Partial<Parameter>): Parameter => ({
  type: 'number',
  title: { 'zh-CN': '费率', en: 'rate' },
  ...over,
});
const faults = (one: Parameter, given: Readonly<Record<string, unknown>>) =>
  parameterFaults({ parameters: { rate: one } }, given).map(
    ({ path, code, message }) => `${path} ${code}: ${message}`,
  );

describe('the parameters a site chooses a scheme with', () => {
  it('must be said where there is no default, be it by nothing or by null', () => {
    const missing = ["/parameters/rate missing: 'rate' has no default: the site must say"];
    expect(faults(spec({}), {})).toEqual(missing);
    expect(faults(spec({}), { rate: null })).toEqual(missing);
    expect(faults(spec({ default: '1' }), {})).toEqual([]);
    expect(faults(spec({}), { rate: '2' })).toEqual([]);
  });

  it('that the scheme does not know are told, with the name that was meant', () => {
    const found = parameterFaults({ parameters: { rate: spec({ default: '1' }) } }, { rat: '1', rate: '1' });
    expect(found).toMatchObject([{ path: '/parameters/rat', code: 'unknown_parameter' }]);
    expect(found[0]?.message).toContain('rate');
  });

  it('that are no value of theirs are told what would be one', () => {
    expect(faults(spec({ type: 'flag' }), { rate: 'x' })).toEqual([
      '/parameters/rate not_a_flag: must be true or false',
    ]);
    expect(faults(spec({ type: 'choice', values: ['a', 'b'] }), { rate: 'c' })).toEqual([
      '/parameters/rate not_allowed: must be one of a, b',
    ]);
    expect(faults(spec({}), { rate: 'x' })).toEqual([
      '/parameters/rate not_a_decimal_string: must be a decimal string',
    ]);
    expect(faults(spec({ min: '1', unit: 'money' }), { rate: '0' })).toEqual([
      '/parameters/rate out_of_range: must be a decimal string in money from 1',
    ]);
    expect(faults(spec({ max: '2' }), { rate: '3' })).toEqual([
      '/parameters/rate out_of_range: must be a decimal string to 2',
    ]);
  });
});

describe('the name of a scheme', () => {
  it('is its id, with the number of every revision but the first, and is read back', () => {
    for (const [id, revision, name] of [
      ['four-hours', 1, 'four-hours'],
      ['four-hours', 2, 'four-hours.2'],
      ['four-hours', 11, 'four-hours.11'],
      ['a.b', 3, 'a.b.3'],
    ] as const) {
      expect(schemeName(id, revision)).toBe(name);
      expect(revisionOf(name)).toEqual({ id, revision });
    }
    expect(revisionOf('four.1')).toEqual({ id: 'four.1', revision: 1 });
  });
});

it('every figure that nobody has confirmed is listed by its place, in order', () => {
  const file = {
    unverified: 'whole',
    a: { deep: { unverified: 'a', note: 1 } },
    b: [{ unverified: 'b0' }, null, 'text'],
    c: { unverified: 7 },
    d: { verified: 'x' },
  } as unknown as SchemeFile;
  expect(doubtsOf(file)).toEqual([
    { path: '', note: 'whole' },
    { path: '/a/deep', note: 'a' },
    { path: '/b/0', note: 'b0' },
  ]);
});
