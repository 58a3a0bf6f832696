import { describe, expect, it } from 'vitest';
import {
  type FactLine,
  type FactsAbout,
  standingFacts,
  subjectsOf,
  toldFacts,
} from '../../../core/compensation/case-facts.ts';
import type { InputFile, SchemeFile } from '../../../core/compensation/scheme.ts';

type Told = readonly [subject: string, name: string, from: string, value: unknown];

const standing = (...told: readonly Told[]) =>
  standingFacts(
    told.map(
      ([subject, name, from, value], i): FactLine => ({
        id: `${i}`,
        subject,
        name,
        from,
        value,
        reason: 'r',
        by: 'u',
        at: i,
      }),
    ),
  );
const asking = (
  name: string,
  type: InputFile['type'],
  group: 'premises' | 'facts' | 'interruption' = 'facts',
) => ({ inputs: { [group]: { [name]: { type } } } }) as unknown as SchemeFile;
const about: FactsAbout = { premises: 'p', owner: 'o', incident: 'i' };
const ON = '2026-05-01';

function fact(name: string, type: InputFile['type'], ...told: readonly Told[]): unknown {
  return toldFacts(asking(name, type), standing(...told), about, ON).facts[name];
}

describe('facts that were told', () => {
  it('stand by date, the last word on a date alone, and go when they are taken back', () => {
    const found = standing(
      ['site', 'price', '2026-03-01', '3'],
      ['site', 'price', '2026-01-01', '1'],
      ['site', 'price', '2026-02-01', '2'],
      ['site', 'price', '2026-01-01', '1.1'],
      ['site', 'other', '2026-01-01', 'x'],
      ['site', 'other', '2026-01-01', null],
      ['premises/p', 'price', '2026-02-01', null],
    );
    expect(found.get('site')?.get('price')).toEqual([
      { from: '2026-01-01', value: '1.1' },
      { from: '2026-02-01', value: '2' },
      { from: '2026-03-01', value: '3' },
    ]);
    expect(found.get('site')?.has('other')).toBe(false);
    expect(found.has('premises/p')).toBe(false);
  });

  it('are about the site, an owner, premises, an incident, or premises in an incident: the more particular goes last', () => {
    expect(subjectsOf(about)).toEqual([
      'site',
      'owner/o',
      'premises/p',
      'incident/i',
      'incident/i/premises/p',
    ]);
    expect(subjectsOf({ premises: 'p', owner: null, incident: null })).toEqual(['site', 'premises/p']);
  });

  it('of the most particular subject are believed, with all their dates', () => {
    const area: Told = ['site', 'area', '2026-01-01', '80'];
    expect(fact('area', 'number')).toBeUndefined();
    expect(fact('area', 'number', area)).toEqual([{ from: '2026-01-01', value: '80' }]);
    expect(fact('area', 'number', area, ['premises/p', 'area', '2026-02-01', '90'])).toEqual([
      { from: '2026-02-01', value: '90' },
    ]);
    expect(fact('area', 'number', area, ['premises/q', 'area', '2026-02-01', '90'])).toEqual([
      { from: '2026-01-01', value: '80' },
    ]);
  });

  it.each(['list', 'weights'] as const)('that are a %s hold as on the day, from its first hour', (type) => {
    const told = (from: string, value: unknown): Told => ['site', 'x', from, value];
    expect(
      fact('x', type, told('2026-04-01', ['a']), told('2026-05-01', ['b']), told('2026-05-02', ['c'])),
    ).toEqual(['b']);
    expect(fact('x', type, told('2026-05-02', ['c']))).toBeUndefined();
  });

  it('about an interruption know no dates of their own', () => {
    const scheme = asking('depth', 'number', 'interruption');
    const told = standing(
      ['incident/i', 'depth', '2026-04-01', '3'],
      ['incident/i', 'depth', '2026-06-01', '4'],
    );
    expect(toldFacts(scheme, told, about, ON).interruption).toEqual({ depth: '3' });
  });

  it('about premises stand with the premises', () => {
    const told = standing(['premises/p', 'area', '2026-01-01', '80']);
    expect(toldFacts(asking('area', 'number', 'premises'), told, about, ON)).toEqual({
      premises: { area: [{ from: '2026-01-01', value: '80' }] },
      facts: {},
      interruption: {},
    });
  });

  it('that are stretches are all true, wherever they were told', () => {
    const [a, b] = [{ from: 'a' }, { from: 'b' }];
    expect(
      fact(
        'storm',
        'intervals',
        ['site', 'storm', '2026-01-01', [a]],
        ['premises/p', 'storm', '2026-01-01', [b]],
      ),
    ).toEqual([a, b]);
    expect(fact('storm', 'intervals', ['site', 'storm', '2026-01-01', 'broken'])).toEqual([]);
    expect(fact('storm', 'intervals')).toBeUndefined();
  });

  it('that decide a question go by the name of the question, in force on the day', () => {
    const decided = { value: true, reason: 'letter' };
    const decisions = (...told: readonly Told[]) =>
      toldFacts(asking('x', 'flag'), standing(...told), about, ON).facts.decisions;
    expect(decisions(['incident/i', 'decisions.late', '2026-05-01', decided])).toEqual({ late: decided });
    expect(decisions(['incident/i', 'decisions.late', '2026-05-02', decided])).toBeUndefined();
    expect(decisions(['incident/i', 'late.decisions.', '2026-05-01', decided])).toBeUndefined();
    expect(decisions(['incident/i', 'decisions.late', '2026-05-01', 'yes'])).toBeUndefined();
    expect(decisions(['incident/other', 'decisions.late', '2026-05-01', decided])).toBeUndefined();
  });
});
