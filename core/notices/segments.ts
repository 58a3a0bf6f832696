/** GSM 03.38 default alphabet; the escape itself (0x1B) stands for no character. */
const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** GSM 03.38 extension table: each takes an escape and a second septet. */
const GSM_EXTENSION = new Set('\f^{}\\[~]|€');

/** Units (septets or UTF-16 code units) in a lone message, and in one part of a concatenated one (the header takes six octets). */
const LIMITS = { 'gsm-7': { single: 160, part: 153 }, 'ucs-2': { single: 70, part: 67 } } as const;

export interface Segments {
  readonly encoding: 'gsm-7' | 'ucs-2';
  /** Septets or UTF-16 code units. */
  readonly units: number;
  /** What the provider bills. */
  readonly segments: number;
}

/** How an SMS body is encoded and into how many parts it goes; one character outside GSM 03.38 turns the whole body to UCS-2. */
export function segmentsOf(body: string): Segments {
  const characters = [...body];
  const encoding = characters.every((c) => GSM_BASIC.has(c) || GSM_EXTENSION.has(c)) ? 'gsm-7' : 'ucs-2';
  const widths = characters.map((c) => (encoding === 'ucs-2' ? c.length : GSM_EXTENSION.has(c) ? 2 : 1));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const limits = LIMITS[encoding];
  return { encoding, units, segments: units <= limits.single ? 1 : partsOf(widths, limits.part) };
}

/** An escape pair or a surrogate pair never straddles two parts, so a part may go out one unit short. */
function partsOf(widths: readonly number[], capacity: number): number {
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > capacity) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return parts;
}
