import { describe, expect, it, test } from 'vitest';
import { readScheme } from '../../../contracts/scheme.ts';
import { type Json, rule, schemeOf } from './example-scheme.ts';

const reason = 'no';
const hours = { elapsed: 'hour' };
const fee = { inputs: { premises: { fee: { type: 'number', unit: 'money' } } } };
const kinds = {
  inputs: {
    premises: {
      one: { type: 'text', values: ['home', 'shop'] },
      other: { type: 'text', values: ['shop', 'farm'] },
      far: { type: 'text', values: ['mine', 'mill'] },
    },
  },
};
const uses = (...names: string[]): Json => ({
  exclude: names.map((name) => ({ if: { equals: [{ premises: name }, { premises: name }] }, reason })),
});

/** Read in the test, not while the table is made. */
type Faults = () => readonly string[];

function faultsOf(rules: Json[], scheme: Json = {}, version: Json = {}): Faults {
  return () => {
    const read = readScheme(schemeOf(rules, scheme, version));
    return read.ok ? [] : read.faults.map(({ path, code, message }) => `${path} ${code}: ${message}`);
  };
}
const faultsOfAmount = (amount: unknown, scheme: Json = {}) => faultsOf([rule({ amount })], scheme);
const faultsOfTest = (test_: unknown, scheme: Json = {}) =>
  faultsOf([rule({ require: [{ if: test_, reason }] })], scheme);
const RULE = '/versions/0/rules/0';

describe('no fault is', () => {
  const bands = (of: unknown, ...all: Json[]) => ({ bands: { of, bands: all } });
  test.for<[string, Faults]>([
    ['a band from nothing on, where there is no less', faultsOfAmount(bands(hours, { from: '0', is: '1' }))],
    ['nor of a count', faultsOfAmount(bands({ count: true }, { from: '0', is: '1' }))],
    [
      'bands in any order',
      faultsOfAmount(
        bands(hours, { above: '4', is: '3' }, { to: '4', above: '2', is: '2' }, { to: '2', is: '1' }),
      ),
    ],
    [
      'a band of one number between two others',
      faultsOfAmount(
        bands(hours, { above: '2', is: '3' }, { from: '2', to: '2', is: '2' }, { below: '2', is: '1' }),
      ),
    ],
    [
      'a band up to the least there is',
      faultsOfAmount(bands(hours, { to: '0', is: '1' }, { above: '0', is: '2' })),
    ],
    [
      'a band from the least of several',
      faultsOfAmount(
        bands(
          { first: [{ when: { interruption: 'planned' }, is: hours }, { is: '3' }] },
          { from: '0', is: '1' },
        ),
      ),
    ],
    [
      'a word beside any text',
      faultsOfTest({
        equals: [
          { first: [{ when: { interruption: 'planned' }, is: 'home' }, { is: { interruption: 'cause' } }] },
          'shop',
        ],
      }),
    ],
    [
      'a flag that may be either',
      faultsOfTest({ first: [{ when: { interruption: 'planned' }, is: true }, { is: false }] }),
    ],
    [
      'a row that any text may name',
      faultsOfAmount(
        { table: { name: 't', row: { interruption: 'cause' }, column: 'a' } },
        { tables: { t: { unit: 'money', rows: { home: { a: '1' } } } } },
      ),
    ],
    [
      'a calendar that the premises name',
      faultsOf(
        [
          rule({
            due: {
              plus: { to: { date_of: { ended: true } }, working_days: '1', calendar: { premises: 'region' } },
            },
          }),
        ],
        {
          calendars: { north: { holidays: [] }, south: { holidays: [] } },
          inputs: { premises: { region: { type: 'text' } } },
        },
      ),
    ],
    [
      'a parameter that can be one number only',
      faultsOfAmount(
        { parameter: 'p' },
        {
          parameters: {
            p: { type: 'number', title: { 'zh-CN': '示例', en: 'example' }, min: '5', max: '5' },
          },
        },
      ),
    ],
    ['a band without ends', faultsOfAmount(bands({ premises: 'fee' }, { is: '1' }), fee)],
    [
      'two fields that share a word',
      faultsOf(
        [
          rule({
            ...uses('far'),
            require: [{ if: { equals: [{ premises: 'one' }, { premises: 'other' }] }, reason }],
          }),
        ],
        kinds,
      ),
    ],
    [
      'a table that lacks the row of one class',
      faultsOfAmount(
        { table: { name: 't', row: { premises: 'c' }, column: 'a' } },
        {
          inputs: { premises: { c: { type: 'text', values: ['home', 'shop'] } } },
          tables: { t: { unit: 'money', rows: { home: { a: '1' } } } },
        },
      ),
    ],
    [
      'one of several that cannot hold',
      faultsOfTest({ any: [{ below: [hours, '0'] }, { interruption: 'planned' }] }),
    ],
    [
      'one of several that always holds',
      faultsOfTest({ all: [{ at_least: [hours, '0'] }, { interruption: 'planned' }] }),
    ],
    [
      'a comparison with what a parameter may be',
      faultsOfTest(
        { above: [{ parameter: 'p' }, '5'] },
        {
          parameters: {
            p: { type: 'number', title: { 'zh-CN': '示例', en: 'example' }, min: '5', default: '6' },
          },
        },
      ),
    ],
    [
      'a requirement about merged interruptions that each alone would not meet',
      faultsOf([
        rule({
          exclude: [{ if: { above: [hours, '4'] }, reason }],
          merge: { gap_h: { below: '2' }, between: 'counts' },
          require: [{ if: { above: [hours, '5'] }, reason }],
        }),
      ]),
    ],
    [
      'nor about what a clock leaves of them',
      faultsOf([
        rule({
          exclude: [{ if: { below: [hours, '4'] }, reason }],
          clock: { free_h: '3', free: 'deducted' },
          require: [{ if: { below: [hours, '2'] }, reason }],
        }),
      ]),
    ],
    [
      'nor about months',
      faultsOf([
        rule({
          per: 'month',
          exclude: [{ if: { above: [hours, '4'] }, reason }],
          require: [{ if: { above: [hours, '4'] }, reason }],
        }),
      ]),
    ],
    [
      'two conditions that leave one number',
      faultsOf([
        rule({
          require: [
            { if: { at_least: [hours, '4'] }, reason },
            { if: { at_most: [hours, '4'] }, reason },
          ],
        }),
      ]),
    ],
    [
      'two conditions of two quantities',
      faultsOf([
        rule({
          require: [
            { if: { at_least: [hours, '4'] }, reason },
            { if: { at_most: [{ elapsed: 'minute' }, '3'] }, reason },
          ],
        }),
      ]),
    ],
    [
      'versions in any order, one after the other',
      faultsOf([], {
        versions: [
          { from: '2025-01-01', to: null, rules: [rule()] },
          { from: '2024-01-01', to: '2024-12-31', rules: [rule()] },
          { from: '2023-12-31', to: '2023-12-31', rules: [rule()] },
        ],
      }),
    ],
    ['fifty expressions, one inside the other', faultsOfTest(nested(49))],
  ])('%s', ([, faults]) => {
    expect(faults()).toEqual([]);
  });
});

/** `not` so many times around one condition. */
function nested(times: number): unknown {
  let condition: unknown = { interruption: 'planned' };
  for (let i = 0; i < times; i += 1) condition = { not: condition };
  return condition;
}

describe('a fault is told as', () => {
  test.for<[string, Faults, string]>([
    [
      'a unit in words',
      faultsOfAmount(
        { add: [{ divide: [{ premises: 'fee' }, { multiply: [hours, hours] }] }, { premises: 'fee' }] },
        fee,
      ),
      `${RULE}/amount/add/1 wrong_unit: add needs the same unit throughout: a number of money after a number of money/hour/hour`,
    ],
    [
      'a unit below one',
      faultsOfAmount({ divide: [{ count: true }, hours] }),
      `${RULE}/amount wrong_unit: must be a number of money, this is a number of 1/hour`,
    ],
    [
      'a rate that needs a unit',
      faultsOfAmount({ multiply: [{ premises: 'fee' }, hours] }, fee),
      `${RULE}/amount wrong_unit: must be a number of money, this is a number of money*hour; what is paid per hour, kWh or m2 needs a unit that says so, such as money/hour`,
    ],
    [
      'hours where money is wanted, without that hint',
      faultsOfAmount(hours),
      `${RULE}/amount wrong_unit: must be a number of money, this is a number of hour`,
    ],
    [
      'an instant',
      faultsOfAmount({ began: true }),
      `${RULE}/amount wrong_type: must be a number, this is an instant`,
    ],
    ['a date', faultsOfAmount('2024-01-01'), `${RULE}/amount wrong_type: must be a number, this is a date`],
    [
      'a pure number',
      faultsOfAmount({ count: true }),
      `${RULE}/amount wrong_unit: must be a number of money, this is a number`,
    ],
    [
      'one of several words',
      faultsOf([rule({ ...uses('other', 'far'), amount: { premises: 'one' } })], kinds),
      `${RULE}/amount wrong_type: must be a number, this is one of home, shop`,
    ],
    [
      'any word',
      faultsOfAmount({ interruption: 'cause' }),
      `${RULE}/amount wrong_type: must be a number, this is a text`,
    ],
    [
      'a word that can never be',
      faultsOf(
        [
          rule({
            ...uses('other', 'far'),
            require: [{ if: { equals: [{ premises: 'one' }, 'hom'] }, reason }],
          }),
        ],
        kinds,
      ),
      `${RULE}/require/0/if/equals never_true: 'hom' is not one of home, shop; did you mean 'home'?`,
    ],
    [
      'two fields that share no word',
      faultsOf(
        [
          rule({
            ...uses('other'),
            require: [{ if: { equals: [{ premises: 'one' }, { premises: 'far' }] }, reason }],
          }),
        ],
        kinds,
      ),
      `${RULE}/require/0/if/equals never_true: 'home, shop' is not one of mine, mill`,
    ],
    [
      'a border that two bands hold',
      faultsOfAmount({
        bands: {
          of: hours,
          bands: [
            { to: '2', is: '1' },
            { from: '2', is: '2' },
          ],
        },
      }),
      `${RULE}/amount/bands/bands/1 overlap: 2 is also in band 0`,
    ],
    [
      'bands that share more',
      faultsOfAmount({
        bands: {
          of: hours,
          bands: [
            { to: '3', is: '1' },
            { from: '2', is: '2' },
          ],
        },
      }),
      `${RULE}/amount/bands/bands/1 overlap: overlaps what is in band 0`,
    ],
    [
      'two bands without a beginning',
      faultsOfAmount({ bands: { of: hours, bands: [{ to: '3', is: '1' }, { is: '2' }] } }),
      `${RULE}/amount/bands/bands/1 overlap: overlaps the band 0`,
    ],
    [
      'two bands from one number on',
      faultsOfAmount({
        bands: {
          of: hours,
          bands: [
            { from: '0', to: '1', is: '1' },
            { from: '0', is: '2' },
          ],
        },
      }),
      `${RULE}/amount/bands/bands/1 overlap: overlaps what is in band 0`,
    ],
    [
      'the least number that no band holds',
      faultsOfAmount({ bands: { of: hours, bands: [{ above: '0', is: '1' }] } }),
      `${RULE}/amount/bands/bands/0 gap: nothing is said up to 0; give else, or a band for it`,
    ],
    [
      'what lies below all bands',
      faultsOfAmount({ bands: { of: hours, bands: [{ from: '1', is: '1' }] } }),
      `${RULE}/amount/bands/bands/0 gap: nothing is said below 1; give else, or a band for it`,
    ],
    [
      'what lies above all bands',
      faultsOfAmount({ bands: { of: hours, bands: [{ below: '9', is: '1' }] } }),
      `${RULE}/amount/bands/bands/0 gap: nothing is said from 9 on; give else, or a band for it`,
    ],
    [
      'a parameter whose most is below its least',
      faultsOfAmount(
        { parameter: 'p' },
        {
          parameters: {
            p: { type: 'number', title: { 'zh-CN': '示例', en: 'example' }, min: '5', max: '4' },
          },
        },
      ),
      '/parameters/p/max out_of_range: is below min',
    ],
    [
      'a border that no band holds, whichever of them stands first',
      faultsOfAmount({
        bands: {
          of: hours,
          bands: [
            { above: '2', is: '1' },
            { below: '2', is: '2' },
          ],
        },
      }),
      `${RULE}/amount/bands/bands/0 gap: exactly 2 is in no band; let one of the two include it (to, or from)`,
    ],
    [
      'a band that is never reached',
      faultsOfAmount({
        bands: {
          of: hours,
          bands: [
            { below: '-2', is: '1' },
            { from: '-2', below: '0', is: '1' },
            { from: '0', is: '2' },
          ],
        },
      }),
      `${RULE}/amount/bands/bands/1 unreachable: is never below 0: take it out`,
    ],
    [
      'the branch that is of another unit',
      faultsOfAmount(
        { bands: { of: hours, bands: [{ below: '2', is: { premises: 'fee' } }], else: hours } },
        fee,
      ),
      `${RULE}/amount/bands/else wrong_unit: is a number of hour where another branch is a number of money`,
    ],
    [
      'the band that is',
      faultsOfAmount(
        {
          bands: {
            of: hours,
            bands: [
              { below: '2', is: { premises: 'fee' } },
              { from: '2', is: hours },
            ],
          },
        },
        fee,
      ),
      `${RULE}/amount/bands/bands/1/is wrong_unit: is a number of hour where another branch is a number of money`,
    ],
    [
      'the case that is',
      faultsOfAmount(
        { choose: { on: { interruption: 'phases' }, cases: { A: { premises: 'fee' } }, else: hours } },
        fee,
      ),
      `${RULE}/amount/choose/else wrong_unit: is a number of hour where another branch is a number of money`,
    ],
    [
      'an entry that is none',
      faultsOfAmount({ first: [{ when: { interruption: 'planned' }, is: '1' }, '2'] }),
      `${RULE}/amount/first wrong_form: first needs a list of {when, is}, the last without when`,
    ],
    [
      'a list of nothing to compare with',
      faultsOfTest({ one_of: [{ interruption: 'cause' }] }),
      `${RULE}/require/0/if/one_of wrong_form: needs a list: what to look at, then what it may be`,
    ],
    [
      'a word of a list that can never be',
      faultsOfTest({ one_of: [{ interruption: 'attribution' }, 'owner', 'utilty'] }),
      `${RULE}/require/0/if/one_of/2 never_true: 'utilty' is not one of utility, property, owner, third_party, force_majeure; did you mean 'utility'?`,
    ],
    [
      'a list of rules with something else in it',
      faultsOf([rule({ id: 'a' }), rule({ id: 'b', per: 'once', amount: { owed: ['a', 5] } })]),
      '/versions/0/rules/1/amount/owed wrong_form: must name a rule, or list several',
    ],
    [
      'days where hours are wanted',
      faultsOf([rule({ clock: { start: { plus: { to: { began: true }, hours: { elapsed: 'day' } } } } })]),
      `${RULE}/clock/start/plus/hours wrong_unit: must be a number of hour, this is a number of day`,
    ],
    [
      'an office that never opens',
      faultsOf(
        [
          rule({
            clock: { start: { opening: { at: { began: true }, working: ['08:00', '08:00'], other: null } } },
          }),
        ],
        {
          calendars: { work: { holidays: [] } },
        },
      ),
      `${RULE}/clock/start/opening/working wrong_form: must be ["HH:MM", "HH:MM"]`,
    ],
    [
      'two calendars of which one must be named',
      faultsOf([rule({ due: { plus: { to: { date_of: { ended: true } }, working_days: '1' } } })], {
        calendars: { north: { holidays: [] }, south: { holidays: [] } },
      }),
      `${RULE}/due/plus/calendar missing: must say which calendar: north, south`,
    ],
    [
      'no parameter at all',
      faultsOfAmount({ parameter: 'p' }),
      `${RULE}/amount/parameter unknown_parameter: no parameter is called "p"; none is declared; parameters are declared under parameters`,
    ],
    [
      'a condition that always holds with another',
      faultsOfTest({ any: [{ at_least: [hours, '0'] }, { interruption: 'planned' }] }),
      `${RULE}/require/0/if unreachable: always holds: its reason is never given`,
    ],
    [
      'a first requirement that what is left out meets',
      faultsOf([
        rule({
          exclude: [{ if: { above: [hours, '4'] }, reason }],
          require: [{ if: { above: [hours, '5'] }, reason }],
        }),
      ]),
      `${RULE}/require/0/if unreachable: cannot hold together with the conditions before it: the rule is never reached`,
    ],
    [
      'two texts of one quantity',
      faultsOf([
        rule({
          require: [
            { if: { equals: [{ interruption: 'cause' }, 'cable'] }, reason },
            { if: { equals: [{ interruption: 'cause' }, 'fuse'] }, reason },
          ],
        }),
      ]),
      `${RULE}/require/1/if unreachable: cannot hold together with the conditions before it: the rule is never reached`,
    ],
    [
      'a version that ends before it begins',
      faultsOf([], { versions: [{ from: '2024-02-01', to: '2024-01-31', rules: [rule()] }] }),
      '/versions/0/to out_of_range: ends before it begins',
    ],
    [
      'versions that share a day, whichever stands first',
      faultsOf([], {
        versions: [
          { from: '2024-02-01', to: null, rules: [rule()] },
          { from: '2024-01-01', to: '2024-02-01', rules: [rule()] },
        ],
      }),
      '/versions/1/to overlap: overlaps the version from 2024-02-01',
    ],
    [
      'too many expressions inside one another',
      faultsOfTest(nested(50)),
      `${RULE}/require/0/if/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not/not too_deep: nested more than 50 deep`,
    ],
    [
      'an exemption that no rule names',
      faultsOf([rule({ exclude: [{ if: { interruption: 'planned' }, reason }] })], {
        exemptions: { storm: { if: { interruption: 'planned' }, reason } },
      }),
      "/exemptions/storm unused: no rule excludes by 'storm'",
    ],
    [
      'a flag that is the same whatever the case',
      faultsOfTest({ first: [{ when: { interruption: 'planned' }, is: true }, { is: true }] }),
      `${RULE}/require/0/if unreachable: always holds: its reason is never given`,
    ],
    [
      'a band above the most of several',
      faultsOfAmount({
        bands: {
          of: {
            first: [
              { when: { interruption: 'planned' }, is: { weekday: { date_of: { began: true } } } },
              { is: '3' },
            ],
          },
          bands: [
            { to: '7', is: '1' },
            { above: '7', is: '2' },
          ],
        },
      }),
      `${RULE}/amount/bands/bands/1 unreachable: is never above 7: take it out`,
    ],
    [
      'a way of counting that is none',
      faultsOfAmount({ multiply: ['1', { periods: { hours: '2', count: 'startd' } }] }),
      `${RULE}/amount/multiply/1/periods/count not_allowed: 'startd' is not one of started, completed, prorated; did you mean 'started'?`,
    ],
    [
      'a table with no row that occurs',
      faultsOfAmount(
        { table: { name: 't', row: { premises: 'one' }, column: 'a' } },
        {
          inputs: { premises: { one: { type: 'text', values: ['home'] } } },
          tables: { t: { unit: 'money', rows: { farm: { a: '1' } } } },
        },
      ),
      `${RULE}/amount/table/row missing_case: the table has no row 'home'; there are farm`,
    ],
    [
      'an instant where intervals are wanted',
      faultsOf([rule({ clock: { start: { interruption: 'x' }, stops: [{ intervals: 'x', reason }] } })], {
        inputs: { interruption: { x: { type: 'instant' } } },
      }),
      `${RULE}/clock/stops/0/intervals unknown_field: neither inputs.interruption nor inputs.facts declares intervals called 'x'`,
    ],
    [
      'a second rule that builds on itself',
      faultsOf([rule({ id: 'a' }), rule({ id: 'b', per: 'once', amount: { owed: 'b' } })]),
      '/versions/0/rules/1/amount/owed unknown_rule: a rule cannot build on itself',
    ],
    [
      'two versions of one day',
      faultsOf([], {
        versions: [
          { from: '2024-01-01', to: null, rules: [rule()] },
          { from: '2024-01-01', to: '2024-02-01', rules: [rule()] },
        ],
      }),
      '/versions/0/to overlap: overlaps the version from 2024-01-01',
    ],
    [
      'arguments that are missing, and those that may be',
      faultsOf([rule({ due: { end_of: '2024-01-01' } })]),
      `${RULE}/due/end_of wrong_form: end_of needs {period, of, starting?}`,
    ],
    [
      'a text where a date is wanted',
      faultsOf([rule({ due: '2026-2-1' })]),
      `${RULE}/due wrong_type: must be a date, this is the text '2026-2-1'; dates are YYYY-MM-DD`,
    ],
    [
      'a text where a flag is wanted, without a word of dates',
      faultsOfTest('yes'),
      `${RULE}/require/0/if wrong_type: must be a flag, this is the text 'yes'`,
    ],
    [
      'a text that is no quantity',
      faultsOfTest({ above: [hours, '5,5'] }),
      `${RULE}/require/0/if/above wrong_type: above needs numbers, dates or instants, not the text '5,5'; a number is written "5000" or "12.5 %", a date 2024-01-31`,
    ],
    [
      'a flag that is none',
      faultsOfTest({ above: [{ interruption: 'planned' }, '5'] }),
      `${RULE}/require/0/if/above wrong_type: above needs numbers, dates or instants, not a flag`,
    ],
    [
      'what holds otherwise, which must be said',
      faultsOfAmount({ first: [{ when: { interruption: 'planned' }, is: '1' }] }),
      `${RULE}/amount/first/0 missing_case: the last entry must have no when, to say what holds otherwise`,
    ],
    [
      'an entry that takes everything',
      faultsOfAmount({ first: [{ is: '1' }, { is: '2' }] }),
      `${RULE}/amount/first/0 unreachable: an entry without when takes everything: those after it are never read`,
    ],
    [
      'a tier after one without an end',
      faultsOfAmount({ tiers: { of: hours, tiers: [{ each: '1' }, { each: '2' }] } }),
      `${RULE}/amount/tiers/tiers/1 unreachable: the tier before it has no end`,
    ],
    [
      'weights that are a list',
      faultsOf(
        [
          rule({ id: 'a', amount: { sum_list: { in: 'all', is: '1' } } }),
          rule({ id: 'b', amount: { allocate: { total: '9', weights: 'all', to: 'x' } } }),
        ],
        { inputs: { facts: { all: { type: 'list' } } } },
      ),
      '/versions/0/rules/1/amount/allocate/weights unknown_fact: must name a fact of type weights: ',
    ],
    [
      'intervals that are none',
      faultsOf(
        [rule({ clock: { stops: [{ intervals: 'fee', reason }] }, amount: { premises: 'fee' } })],
        fee,
      ),
      `${RULE}/clock/stops/0/intervals unknown_field: neither inputs.interruption nor inputs.facts declares intervals called 'fee'`,
    ],
  ])('%s', ([, faults, expected]) => {
    expect(faults()).toContain(expected);
  });

  it('one for each place, however often a definition is read there', () => {
    const twice = { add: [{ use: 'x' }, { use: 'x' }] };
    const faults = faultsOfAmount(twice, {
      definitions: { x: { add: ['1', { fact: 'a' }, { fact: 'b' }] } },
    });
    expect(faults().map((fault) => fault.split(':')[0])).toEqual([
      '/definitions/x/add/1/fact unknown_fact',
      '/definitions/x/add/2/fact unknown_fact',
    ]);
  });
});
