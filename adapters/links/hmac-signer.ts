import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkSigner } from '../../core/ports/link-signer.ts';

const MAC_BYTES = 16;

/** HMAC-SHA-256 cut to 128 bits: a message is paid by length, and a guess has one chance in 2^128. */
export function createHmacSigner(key: string): LinkSigner {
  function macOf(text: string): Buffer {
    return createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
  }

  return {
    sign: (text) => macOf(text).toString('base64url'),
    verify(text, signature) {
      const given = Buffer.from(signature, 'base64url');
      return given.length === MAC_BYTES && timingSafeEqual(given, macOf(text));
    },
  };
}
