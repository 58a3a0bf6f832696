import { describe, expect, it } from 'vitest';
import type { SchemeView } from '../../contracts/http/schemes.ts';
import { toText, toValue } from '../../dashboard/src/state/fact-text.ts';
import {
  type FactLine,
  lineStates,
  partsOf,
  type Tellable,
  tellables,
} from '../../dashboard/src/state/told-facts.ts';

const line = (id: string, over: Partial<FactLine> = {}): FactLine => ({
  id,
  subject: 'premises/1',
  name: 'monthly_fee',
  from: '2026-01-01',
  value: '280.00',
  reason: 'contract',
  by: 'u1',
  at: '2026-01-02T00:00:00.000Z',
  ...over,
});
const input = (type: Tellable['type']): Tellable => ({ type, name: 'x', inUse: true });

describe('told facts', () => {
  it('stand until a later line of the same subject, name and date corrects them or takes them back', () => {
    const newestFirst = [
      line('4', { value: null }),
      line('3', { from: '2026-02-01' }),
      line('2', { value: '290.00' }),
      line('1'),
    ];
    expect([...lineStates(newestFirst).values()]).toEqual([
      'takenBack',
      'standing',
      'corrected',
      'corrected',
    ]);
  });

  it('say whom they are about', () => {
    expect(partsOf('site').kind).toBe('site');
    expect(partsOf('premises/1201')).toEqual({ kind: 'premises', incident: '', premises: '1201' });
    expect(partsOf('incident/B4/premises/1201')).toEqual({
      kind: 'incidentPremises',
      incident: 'B4',
      premises: '1201',
    });
    expect(partsOf('owner/p1').kind).toBe('owner');
  });

  it('are those the schemes ask for, the site’s own first and each once', () => {
    const scheme = (site: string, inputs: object) =>
      ({ usedBy: [{ site, from: '2026-01-01' }], inputs }) as unknown as SchemeView;
    const found = tellables(
      [
        scheme('s2', { facts: { price: { type: 'number' }, area_m2: { type: 'text' } } }),
        scheme('s1', { premises: { area_m2: { type: 'number' } } }),
      ],
      's1',
    );
    expect(found.map(({ name, type, inUse }) => [name, type, inUse])).toEqual([
      ['area_m2', 'number', true],
      ['price', 'number', false],
    ]);
  });

  it('are typed in the site’s time and come back as they were typed', () => {
    const zone = 'Asia/Shanghai';
    expect(toValue(input('instant'), '2026-01-01T08:00', zone)).toBe('2026-01-01T00:00:00.000Z');
    expect(toText(input('instant'), '2026-01-01T00:00:00.000Z', zone)).toBe('2026-01-01T08:00');
    expect(toValue(input('flag'), 'false', zone)).toBe(false);
    expect(toText(input('flag'), false, zone)).toBe('false');
    expect(toValue(input('number'), ' 98.40 ', zone)).toBe('98.40');
    expect(toValue(input('weights'), '{"1": "98.4"}', zone)).toEqual({ 1: '98.4' });
    expect(toValue(input('list'), '[{', zone)).toBeNull();
  });
});
