import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readScheme } from '../../../contracts/scheme.ts';
import { assessed, compiled, cut, type Json, rule, schemeOf } from './example-scheme.ts';

const page = readFileSync(new URL('../../../docs/schemes.md', import.meta.url), 'utf8');
const note = readFileSync(new URL('../../../core/compensation/README.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');

/** A block of the page that leaves out what the first scheme says. */
function completed(block: string): unknown {
  const part: Json = JSON.parse(`{${block}}`);
  const { rules, ...rest } = part;
  const whole: Json = {
    ...JSON.parse(blocks[0] ?? ''),
    ...rest,
  };
  return rules === undefined ? whole : { ...whole, versions: [{ from: '2026-01-01', to: null, rules }] };
}

const [first, second, third] = [
  JSON.parse(blocks[0] ?? ''),
  completed(blocks[1] ?? ''),
  completed(blocks[2] ?? ''),
];
const china = (day: string, hours: number) =>
  cut(`${day}T08:00:00+08:00`, hours, { attribution: 'property' });

describe('the page that teaches the language', () => {
  test.for([
    [11, '40.00'],
    [3 + 59 / 60, '0.00'],
    [40, '60.00'],
  ])('first scheme: %d h are %s', ([hours, amount]) => {
    expect(
      assessed(compiled(first), { interruptions: [china('2026-01-10', hours as number)] }).total.amount,
    ).toBe(amount);
  });

  it('second scheme: the case at its end', () => {
    const result = assessed(compiled(second), JSON.parse(blocks[3] ?? ''));
    expect(result).toMatchObject({ total: { amount: '25.20' }, refused: null });
  });

  it('third scheme: the third of a year, paid late', () => {
    const result = assessed(compiled(third), {
      interruptions: [china('2026-01-10', 3), china('2026-02-01', 3), china('2026-03-01', 3)],
      facts: { applied_on: '2026-03-20', paid_on: '2026-04-20' },
    });
    expect(result).toMatchObject({
      refused: null,
      entitlements: [
        { rule: 'third', amount: '100.00', due: '2026-03-13' },
        { rule: 'late', amount: '2.00' },
      ],
    });
  });
});

it('the technical note lists every operator, and no other', () => {
  const read = readScheme(schemeOf([rule({ amount: { nothing_like_it: true } })]));
  const message = read.ok ? '' : (read.faults[0]?.message ?? '');
  const known = (/is not one of ([^;]*)/.exec(message)?.[1] ?? '').split(', ').sort();
  const rows = note.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, word]) => word ?? ''))
    .sort();
  expect(listed).toEqual(known);
});
