import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretBox } from '../../core/ports/secret-box.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
export const KEY_BYTES = 32;

/** AES-256-GCM under a 256-bit key: `v1.nonce.tag.text`, each base64url. */
export function createAesBox(key: Buffer): SecretBox {
  if (key.length !== KEY_BYTES)
    throw new Error(`The key of secrets has ${key.length} octets, not ${KEY_BYTES}`);

  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return ['v1', ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join(
        '.',
      );
    },
    open(sealed, about) {
      const [version, ...parts] = sealed.split('.');
      const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (version !== 'v1' || nonce === undefined || tag === undefined || text === undefined) return null;
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about)).setAuthTag(tag);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}
