import { describe, expect, it } from 'vitest';
import { strippedPhoto } from '../../../core/dispatch/photo-bytes.ts';

const segment = (marker: number, data: readonly number[]) => {
  const length = data.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...data];
};
const text = (words: string) => [...Buffer.from(words, 'latin1')];
/** Exif in big-endian order with an orientation, and a place in words. */
const exif = (orientation: number) => [
  ...[...text('Exif'), 0, 0, ...text('MM'), 0, 0x2a, 0, 0, 0, 8, 0, 1],
  ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0, ...text('GPS 30.27 N')],
];
const jpeg = (...middle: readonly number[][]) =>
  Uint8Array.from([0xff, 0xd8, ...middle.flat(), ...segment(0xda, [1, 2]), 9, 8, 7, 0xff, 0xd9]);
const TABLE = segment(0xdb, [0, 1, 2]);

const chunk = (name: string, data: readonly number[]) => [
  0,
  0,
  0,
  data.length,
  ...text(name),
  ...data,
  0,
  0,
  0,
  0,
];
const PNG = [0x89, ...text('PNG'), 0x0d, 0x0a, 0x1a, 0x0a];

const riff = (name: string, data: readonly number[]) => [...text(name), data.length, 0, 0, 0, ...data];

describe('a photo', () => {
  it('of JPEG keeps picture and turn, and loses place, maker and comments', () => {
    const given = jpeg(segment(0xe1, exif(6)), segment(0xfe, text('by me')), TABLE);
    const left = Buffer.from(strippedPhoto('image/jpeg', given) ?? []);
    expect(left.includes('GPS')).toBe(false);
    expect(left.includes('by me')).toBe(false);
    // What is kept says the same turn when it is read again.
    expect(left).toEqual(Buffer.from(strippedPhoto('image/jpeg', left) ?? []));
    expect(left.includes('Exif')).toBe(true);
    expect(left.subarray(-9).toString('hex')).toBe(Buffer.from(given).subarray(-9).toString('hex'));
    expect(Buffer.from(strippedPhoto('image/jpeg', jpeg(segment(0xe1, exif(1)), TABLE)) ?? [])).toEqual(
      Buffer.from(jpeg(TABLE)),
    );
  });

  it('of PNG loses its remarks', () => {
    const given = Uint8Array.from([
      ...PNG,
      ...chunk('IHDR', [1]),
      ...chunk('tEXt', text('GPS')),
      ...chunk('IEND', []),
    ]);
    expect(strippedPhoto('image/png', given)).toEqual(
      Uint8Array.from([...PNG, ...chunk('IHDR', [1]), ...chunk('IEND', [])]),
    );
  });

  it('of WebP loses its remarks and the word of them', () => {
    const of = (...chunks: readonly number[][]) => {
      const body = [...text('WEBP'), ...chunks.flat()];
      return Uint8Array.from([...text('RIFF'), body.length, 0, 0, 0, ...body]);
    };
    const given = of(riff('VP8X', [0x0c, 0]), riff('VP8 ', [1, 2]), riff('EXIF', text('GPS!')));
    expect(strippedPhoto('image/webp', given)).toEqual(of(riff('VP8X', [0, 0]), riff('VP8 ', [1, 2])));
  });

  it('that is cut off, or something else, is none', () => {
    expect(strippedPhoto('image/jpeg', jpeg(TABLE).subarray(0, 8))).toBeNull();
    expect(strippedPhoto('image/png', jpeg(TABLE))).toBeNull();
    expect(strippedPhoto('image/webp', Uint8Array.from(text('RIFF')))).toBeNull();
  });
});
