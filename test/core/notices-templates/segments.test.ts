import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { segmentsOf } from '../../../core/notices/segments.ts';

const EMOJI = '\u{1f50c}';

test.for([
  ['an empty body', '', 'gsm-7', 0, 1],
  ['160 septets', 'a'.repeat(160), 'gsm-7', 160, 1],
  ['161 septets', 'a'.repeat(161), 'gsm-7', 161, 2],
  ['two full parts', 'a'.repeat(306), 'gsm-7', 306, 2],
  ['one more', 'a'.repeat(307), 'gsm-7', 307, 3],
  ['the whole basic alphabet', '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà', 'gsm-7', 44, 1],
  ['every extension character twice as wide', '\f^{}\\[~]|€', 'gsm-7', 20, 1],
  ['80 euro signs', '€'.repeat(80), 'gsm-7', 160, 1],
  ['81 euro signs', '€'.repeat(81), 'gsm-7', 162, 2],
  ['an escape pair that will not straddle parts', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm-7', 306, 3],
  ['the same without the pair', `${'a'.repeat(153)}€${'a'.repeat(151)}`, 'gsm-7', 306, 2],
  ['a c with cedilla, which is not in the alphabet', 'ç', 'ucs-2', 1, 1],
  ['a backtick', '`', 'ucs-2', 1, 1],
  ['a curly quote', '’', 'ucs-2', 1, 1],
  ['70 code units', '停'.repeat(70), 'ucs-2', 70, 1],
  ['71 code units', '停'.repeat(71), 'ucs-2', 71, 2],
  ['two full UCS-2 parts', '停'.repeat(134), 'ucs-2', 134, 2],
  ['one code unit more', '停'.repeat(135), 'ucs-2', 135, 3],
  ['35 surrogate pairs', EMOJI.repeat(35), 'ucs-2', 70, 1],
  [
    'a surrogate pair that will not straddle parts',
    `${'停'.repeat(66)}${EMOJI}${'停'.repeat(66)}`,
    'ucs-2',
    134,
    3,
  ],
] as const)('%s', ([, body, encoding, units, segments]) => {
  expect(segmentsOf(body)).toEqual({ encoding, units, segments });
});

it('never counts fewer parts than the units need, nor more than one lost unit a part explains', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (body) => {
      const { encoding, units, segments } = segmentsOf(body);
      const [single, part] = encoding === 'gsm-7' ? [160, 153] : [70, 67];
      if (units <= single) expect(segments).toBe(1);
      else {
        expect(segments).toBeGreaterThanOrEqual(Math.ceil(units / part));
        expect(segments).toBeLessThanOrEqual(Math.ceil(units / (part - 1)));
      }
    }),
  );
});
