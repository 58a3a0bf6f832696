import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineFault, linesOf, storedName } from '../../../adapters/influx/line-protocol.ts';
import { batchFault } from '../../../core/readings/batch-fault.ts';
import { batchOf } from '../../support/reading-batch.ts';

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
  readonly ts: string;
}

/** Reads one line as InfluxDB does: a backslash counts only before a comma, an equals sign or a space. */
function readLine(line: string): Point {
  const [key = '', fields = '', ts = '', ...rest] = split(line, ' ');
  if (rest.length > 0) throw new Error(`four parts in ${line}`);
  const [measurement = '', ...tags] = split(key, ',');
  return { measurement, tags: pairs(tags), fields: pairs(split(fields, ',')), ts };
}

function split(text: string, separator: string): string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === separator && text.charAt(i - 1) !== '\\') parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function pairs(parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', value = '', ...rest] = split(part, '=');
      if (rest.length > 0) throw new Error(`two equals signs in ${part}`);
      return [unescapeKey(name), unescapeKey(value)];
    }),
  );
}

function unescapeKey(text: string): string {
  return text.replace(/\\([,= ])/g, '$1');
}

const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(',', ' ', '=', '"', "'", '\\', '电', '#', '\u00a0'),
      fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme' }),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

it('writes names with commas, spaces, equals signs, quotes and backslashes so that they come back, or refuses them', () => {
  fc.assert(
    fc.property(
      awkward,
      awkward,
      awkward,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (site, device, field, value) => {
        const batch = batchOf([
          { site, device, ts: 1_767_225_600_000, arrival: 1_767_225_600_050, fields: { [field]: value } },
        ]);
        fc.pre(!site.includes('\n') && !device.includes('\n'));
        if (batchFault(batch) !== null || lineFault(batch) !== null) {
          expect([site, device, field].some((name) => name.endsWith('\\') || /\p{Cc}/u.test(name))).toBe(
            true,
          );
          return;
        }
        const lines = linesOf(batch, 0, 1).split('\n');
        expect(lines).toHaveLength(2);
        const point = readLine(lines[0] ?? '');
        expect(point).toEqual({
          measurement: 'reading',
          tags: { site, device },
          fields: { Arrival: '1767225600050i', [storedName(field)]: String(value + 0) },
          ts: '1767225600000',
        });
      },
    ),
    { numRuns: 2000 },
  );
});

it('refuses newlines and a backslash at the end, which no line can carry', () => {
  const row = { site: 's', device: 'm', ts: 1, arrival: 1, fields: { voltage: 1 } };
  expect(batchFault({ ...batchOf([row]), devices: [{ site: 's\n', device: 'm' }] })).toMatch(/unusable/);
  expect(batchFault({ ...batchOf([row]), fields: ['a\nb'] })).toMatch(/unusable/);
  expect(lineFault(batchOf([{ ...row, device: 'm\\' }]))).toMatch(/backslash/);
  expect(lineFault(batchOf([row]))).toBeNull();
});

it('leaves absent values out and writes a reading of nothing by its arrival', () => {
  const lines = linesOf(
    batchOf([{ site: 's', device: 'm', ts: 5, arrival: 7, fields: { voltage: Number.NaN } }]),
    0,
    1,
  );
  expect(lines).toBe('reading,device=m,site=s Arrival=7i 5\n');
});
