const utf8 = new TextDecoder('utf-8', { fatal: true });
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes as JSON can hold them. */
export function textOf(payload: Uint8Array): { payload: string; encoding: 'text' | 'base64' } {
  try {
    const text = utf8.decode(payload);
    // A decoder swallows the mark at the beginning.
    if (payload[0] !== 0xef) return { payload: text, encoding: 'text' };
  } catch {
    // No text: kept byte by byte.
  }
  return { payload: base64(payload), encoding: 'base64' };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digit = (shift: number) => DIGITS.charAt((three >> shift) & 63);
    text += digit(18) + digit(12);
    text += i + 1 < bytes.length ? digit(6) : '=';
    text += i + 2 < bytes.length ? digit(0) : '=';
  }
  return text;
}
