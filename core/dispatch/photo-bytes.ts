export type PhotoType = 'image/jpeg' | 'image/png' | 'image/webp';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Chunks of a PNG that say something about maker, place or time, not about the picture. */
const PNG_REMARKS = new Set(['eXIf', 'tEXt', 'iTXt', 'zTXt', 'tIME']);
const WEBP_REMARKS = new Set(['EXIF', 'XMP ']);
/** In the flags of VP8X: EXIF and XMP are there. */
const WEBP_REMARK_FLAGS = 0x08 | 0x04;
const SOI = 0xd8;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
const ORIENTATION = 0x0112;

/**
 * The picture without what cameras write beside it: place, time, maker, comments. How a JPEG is to be turned stays. Null
 * when the bytes are not whole or are no picture of that type.
 */
export function strippedPhoto(type: PhotoType, bytes: Uint8Array): Uint8Array | null {
  switch (type) {
    case 'image/jpeg':
      return strippedJpeg(bytes);
    case 'image/png':
      return strippedPng(bytes);
    case 'image/webp':
      return strippedWebp(bytes);
  }
}

function strippedJpeg(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let turned: number | null = null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === SOS) {
      if (turned !== null) kept.splice(1, 0, orientationSegment(turned));
      return joined([...kept, bytes.subarray(at)]);
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) return null;
    const segment = bytes.subarray(at, end);
    if (marker === APP1) turned ??= orientationOf(segment.subarray(4));
    if (isPicture(marker)) kept.push(segment);
    at = end;
  }
  return null;
}

/** JFIF, colour profile and Adobe's colour transform belong to the picture; other APPn and comments do not. */
function isPicture(marker: number): boolean {
  if (marker === COM) return false;
  return marker < APP0 || marker > APP15 || marker === APP0 || marker === APP2 || marker === APP14;
}

/** From 2 to 8, of `Exif\0\0` and a TIFF header; null for upright or unknown. */
function orientationOf(exif: Uint8Array): number | null {
  if (textAt(exif, 0, 4) !== 'Exif' || exif.length < 14) return null;
  const tiff = exif.subarray(6);
  const view = viewOf(tiff);
  const little = textAt(tiff, 0, 2) === 'II';
  const first = view.getUint32(4, little);
  if (first + 2 > tiff.length) return null;
  const count = view.getUint16(first, little);
  for (let n = 0, at = first + 2; n < count && at + 12 <= tiff.length; n += 1, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 2 && value <= 8 ? value : null;
  }
  return null;
}

function orientationSegment(value: number): Uint8Array {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1];
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0];
  return Uint8Array.from([0xff, APP1, 0, 2 + exif.length + entry.length + 4, ...exif, ...entry, 0, 0, 0, 0]);
}

function strippedPng(bytes: Uint8Array): Uint8Array | null {
  if (PNG.some((byte, i) => bytes[i] !== byte)) return null;
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, PNG.length)];
  for (let at = PNG.length; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return null;
    const name = textAt(bytes, at + 4, 4);
    if (!PNG_REMARKS.has(name)) kept.push(bytes.subarray(at, end));
    if (name === 'IEND') return joined(kept);
    at = end;
  }
  return null;
}

function strippedWebp(bytes: Uint8Array): Uint8Array | null {
  if (textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP') return null;
  const view = viewOf(bytes);
  const whole = 8 + view.getUint32(4, true);
  if (whole > bytes.length) return null;
  const kept: Uint8Array[] = [];
  for (let at = 12; at + 8 <= whole; ) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    if (end > whole) return null;
    const name = textAt(bytes, at, 4);
    const chunk = bytes.slice(at, end);
    if (name === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~WEBP_REMARK_FLAGS;
    if (!WEBP_REMARKS.has(name)) kept.push(chunk);
    at = end;
  }
  if (kept.length === 0) return null;
  const body = joined(kept);
  const head = bytes.slice(0, 12);
  viewOf(head).setUint32(4, 4 + body.length, true);
  return joined([head, body]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
