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

describe('a scheme whose rules cannot be right', () => {
  const template = JSON.parse(readFileSync(new URL('../../schemes/template.json', import.meta.url), 'utf8'));
  const BANDS = `${RULE}/steps/0/is/bands/bands`;
  const hours = { elapsed: 'hour' };

  function faultsOf(change: (scheme: typeof template, rule: (typeof template)['versions']) => void) {
    const copy = structuredClone(template);
    change(copy, copy.versions[0].rules[0]);
    return faults(copy);
  }
  type Change = Parameters<typeof faultsOf>[0];

  it('is a copy of one that is read without a fault', () => {
    expect(faults(template)).toEqual([]);
  });

  const bands = (rule: (typeof template)['versions']) => rule.steps[0].is.bands.bands;
  test.for<[string, Change, string]>([
    [
      'a gap between bands',
      (_, rule) => {
        bands(rule)[1].below = '11';
      },
      `${BANDS}/2 gap`,
    ],
    [
      'a gap of one point',
      (_, rule) => {
        bands(rule)[1] = { above: '4', below: '12', is: '1' };
      },
      `${BANDS}/1 gap`,
    ],
    ['nothing below the first band', (_, rule) => void bands(rule).shift(), `${BANDS}/0 gap`],
    [
      'nothing above the last',
      (_, rule) => {
        bands(rule)[2].below = '100';
      },
      `${BANDS}/2 gap`,
    ],
    [
      'bands that overlap',
      (_, rule) => {
        bands(rule)[1].below = '13';
      },
      `${BANDS}/2 overlap`,
    ],
    [
      'bands that share one point',
      (_, rule) => {
        bands(rule)[1] = { from: '4', to: '12', is: '1' };
      },
      `${BANDS}/2 overlap`,
    ],
    [
      'a band with nothing in it',
      (_, rule) => {
        bands(rule)[1].below = '3';
      },
      `${BANDS}/1 empty`,
    ],
    [
      'tiers out of order',
      (_, rule) => {
        rule.amount = {
          tiers: { of: hours, tiers: [{ to: '5', each: '1' }, { to: '5', each: '2' }, { each: '3' }] },
        };
      },
      `${RULE}/amount/tiers/tiers/1/to overlap`,
    ],
    [
      'hours added to money',
      (_, rule) => {
        rule.amount = { add: [hours, { parameter: 'first' }] };
      },
      `${RULE}/amount/add/1 wrong_unit`,
    ],
    [
      'money times hours for money',
      (_, rule) => {
        rule.amount = { multiply: [hours, { parameter: 'first' }] };
      },
      `${RULE}/amount wrong_unit`,
    ],
    [
      'a text for an amount',
      (_, rule) => {
        rule.amount = { premises: 'class' };
      },
      `${RULE}/amount wrong_type`,
    ],
    [
      'an instant for a date',
      (_, rule) => {
        rule.due = { ended: true };
      },
      `${RULE}/due wrong_type`,
    ],
    [
      'an input nobody declared',
      (_, rule) => {
        rule.amount = { premises: 'area' };
      },
      `${RULE}/amount/premises unknown_premises_field`,
    ],
    [
      'a class without its case',
      (_, rule) => void delete rule.amount.multiply[1].choose.cases.shop,
      `${RULE}/amount/multiply/1/choose/cases missing_case`,
    ],
    [
      'a case for a class that never occurs',
      (_, rule) => {
        rule.amount.multiply[1].choose.cases.farm = '1';
      },
      `${RULE}/amount/multiply/1/choose/cases/farm unreachable`,
    ],
    [
      'a comparison with a class that never occurs',
      (_, rule) => {
        rule.claim.automatic = { equals: [{ premises: 'class' }, 'farm'] };
      },
      `${RULE}/claim/automatic/equals never_true`,
    ],
    [
      'a rule that excludes everything',
      (_, rule) => {
        rule.exclude = [{ if: true, reason: 'announced' }];
      },
      `${RULE}/exclude/0/if unreachable`,
    ],
    [
      'a rule that excludes a thing and its opposite',
      (_, rule) => {
        rule.exclude = [
          { if: { interruption: 'planned' }, reason: 'announced' },
          { if: { not: { interruption: 'planned' } }, reason: 'announced' },
        ];
      },
      `${RULE}/exclude/1/if unreachable`,
    ],
    [
      'conditions that cannot both hold',
      (_, rule) => void rule.require.push({ if: { below: [hours, '4'] }, reason: 'too_short' }),
      `${RULE}/require/1/if unreachable`,
    ],
    [
      'conditions that meet nowhere',
      (_, rule) => {
        rule.require = [
          { if: { above: [hours, '4'] }, reason: 'too_short' },
          { if: { at_least: ['4', hours] }, reason: 'too_short' },
        ];
      },
      `${RULE}/require/1/if unreachable`,
    ],
    [
      'a condition that asks for two classes at once',
      (_, rule) => {
        rule.require = [
          { if: { equals: [{ premises: 'class' }, 'shop'] }, reason: 'too_short' },
          { if: { equals: [{ premises: 'class' }, 'residential'] }, reason: 'too_short' },
        ];
      },
      `${RULE}/require/1/if unreachable`,
    ],
    [
      'an amount that is never above nothing',
      (_, rule) => {
        rule.amount = '0';
      },
      `${RULE}/amount unreachable`,
    ],
    [
      'a comparison of two numbers',
      (_, rule) => {
        rule.require[0].if = { above: ['1', '2'] };
      },
      `${RULE}/require/0/if unreachable`,
    ],
    [
      'an input nobody reads',
      (scheme) => {
        scheme.inputs.facts.rain = { type: 'number' };
      },
      '/inputs/facts/rain unused',
    ],
    [
      'a parameter nobody reads',
      (scheme) => {
        scheme.parameters.rain = { type: 'flag', title: scheme.title };
      },
      '/parameters/rain unused',
    ],
    [
      'a definition nobody reads',
      (scheme) => {
        scheme.definitions.rain = '1';
      },
      '/definitions/rain unused',
    ],
    [
      'a definition that refers to itself',
      (scheme) => {
        scheme.definitions.long = { not: { use: 'long' } };
      },
      '/definitions/long recursive',
    ],
    [
      'working days without a calendar',
      (_, rule) => {
        rule.due = { plus: { to: { date_of: { ended: true } }, working_days: '10' } };
      },
      `${RULE}/due/plus/calendar missing`,
    ],
    [
      'a limit over a rule that does not exist',
      (scheme) => {
        scheme.versions[0].limits[0].rules = ['by-duraton'];
      },
      '/versions/0/limits/0/rules/0 unknown_rule',
    ],
    [
      'a form of per nobody knows',
      (_, rule) => {
        rule.per = 'interuption';
      },
      `${RULE}/per not_allowed`,
    ],
    [
      'a period nobody knows',
      (_, rule) => {
        rule.per = { period: 'years', by: 'start' };
      },
      `${RULE}/per/period not_allowed`,
    ],
    [
      'a key nobody reads',
      (_, rule) => {
        rule.bonus = '5';
      },
      `${RULE}/bonus unknown_key`,
    ],
    [
      'a band that is never reached',
      (_, rule) => void bands(rule).unshift({ below: '0', is: '1' }),
      `${BANDS}/0 unreachable`,
    ],
    [
      'tiers without an end',
      (_, rule) => {
        rule.amount = { tiers: { of: hours, tiers: [{ to: '2', each: '5' }] } };
      },
      `${RULE}/amount/tiers/tiers/0 gap`,
    ],
    [
      'a condition beside its opposite',
      (_, rule) => {
        const planned = { interruption: 'planned' };
        rule.exclude = [{ if: { any: [{ not: planned }, planned] }, reason: 'not_property' }];
      },
      `${RULE}/exclude/0/if unreachable`,
    ],
    [
      'a rule that builds on itself',
      (_, rule) => {
        rule.amount = { owed: rule.id };
      },
      `${RULE}/amount/owed unknown_rule`,
    ],
    [
      'a year that begins on the 29th',
      (_, rule) => {
        rule.per = { period: 'year', starting: '02-29', by: 'start' };
      },
      `${RULE}/per/starting wrong_form`,
    ],
    [
      'a year that begins in words',
      (_, rule) => {
        rule.due = { end_of: { period: 'year', of: { date_of: { ended: true } }, starting: 'April' } };
      },
      `${RULE}/due/end_of/starting wrong_form`,
    ],
    [
      'a season of days that do not exist',
      (_, rule) => {
        const on = { date_of: { began: true } };
        rule.require = [{ if: { in_season: { from: '02-30', to: '04-01', on } }, reason: 'too_short' }];
      },
      `${RULE}/require/0/if/in_season wrong_form`,
    ],
    [
      'a limit of nothing',
      (scheme) => {
        scheme.versions[0].limits = [{ id: 'l', per: 'case', most: '0' }];
      },
      '/versions/0/limits/0/most unreachable',
    ],
    [
      'two limits of one name',
      (scheme) => {
        const limit = { id: 'l', per: 'case', most: '5' };
        scheme.versions[0].limits = [limit, limit];
      },
      '/versions/0/limits/1/id duplicate',
    ],
    [
      'a stop of the clock without an end',
      (_, rule) => {
        rule.clock = { stops: [{ from: { began: true }, reason: 'too_short' }] };
      },
      `${RULE}/clock/stops/0 wrong_form`,
    ],
    [
      'days that are no kind of days',
      (scheme, rule) => {
        scheme.calendars = { work: { holidays: [] } };
        const nights = { unit: 'hour', from: '22:00', to: '06:00', days: 'sundays' };
        rule.require = [{ if: { above: [{ elapsed_between: nights }, '1'] }, reason: 'too_short' }];
      },
      `${RULE}/require/0/if/above/0/elapsed_between/days not_allowed`,
    ],
    [
      'a series nobody reads',
      (scheme) => {
        scheme.series = { index: { values: [{ from: '2020-01-01', value: '100' }] } };
      },
      '/series/index unused',
    ],
    [
      'a date that does not exist',
      (scheme) => {
        scheme.versions[0].from = '2026-02-30';
      },
      '/versions/0/from wrong_form',
    ],
  ])('with %s is refused there, and only for that', ([, change, expected]) => {
    const found = faultsOf(change);
    expect(found).toContain(expected);
    const consequences = found.filter((one) => one !== expected && !/ unused$/.test(one));
    expect(consequences.length).toBeLessThanOrEqual(1);
  });

  test.for<[string, Change, string]>([
    ['a currency', (scheme) => Object.assign(scheme, { currency: 'eur' }), 'an ISO 4217 code such as CNY'],
    [
      'a number',
      (_, rule) => Object.assign(rule, { amount: '5,000' }),
      'numbers are digits with a point: "5000"',
    ],
    [
      'a date',
      (_, rule) => {
        rule.due = { latest: [{ date_of: { ended: true } }, '2026-2-1'] };
      },
      "not the text '2026-2-1'",
    ],
    [
      'an operator',
      (_, rule) => Object.assign(rule, { amount: { mutiply: ['1', '2'] } }),
      "did you mean 'multiply'?",
    ],
    [
      'the order of rules',
      (scheme, rule) => {
        scheme.versions[0].rules.push({ ...rule, id: 'later' });
        rule.amount = { owed: 'later' };
      },
      "'later' stands after this rule",
    ],
  ])('says how %s is written', ([, change, expected]) => {
    const copy = structuredClone(template);
    change(copy, copy.versions[0].rules[0]);
    const read = readScheme(copy);
    expect(read.ok ? '' : read.faults.map(({ message }) => message).join('\n')).toContain(expected);
  });

  it('says what was meant', () => {
    const read = readScheme({ ...template, exemptions: {}, versoins: [], versions: undefined });
    const messages = read.ok ? [] : read.faults.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining("did you mean 'versions'?"));
  });
});

it('a case with two interruptions of one id is refused: what is paid for is remembered by it', () => {
  const interruptions = [{ id: '1', from: '2026-01-01T00:00:00Z' }, { from: '2026-01-02T00:00:00Z' }];
  const read = readCase({ premises: {}, interruptions, at: '2026-02-01T00:00:00Z' });
  expect(read.ok ? [] : read.faults).toMatchObject([{ path: '/interruptions/1/id', code: 'duplicate' }]);
});

it('a case of any content is read or refused, never an exception', () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => void readCase(json)));
});
