import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { KEY_BYTES } from './aes-box.ts';

/** The key in a file only its owner may read; made at the first start. A file that holds no key is never written over. */
export async function keyFromFile(path: string): Promise<Buffer> {
  if (!existsSync(path)) await make(path);
  const key = keyFromText(await readFile(path, 'utf8'));
  if (key === null) throw new Error(`${path} does not hold ${KEY_BYTES} octets in base64`);
  return key;
}

/** Whole or not at all, and the first of several that start together stands. */
async function make(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  await link(draft, path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await unlink(draft);
}

/** Null for anything but 32 octets in base64. */
export function keyFromText(text: string): Buffer | null {
  const key = Buffer.from(text.trim(), 'base64');
  return key.length === KEY_BYTES ? key : null;
}
