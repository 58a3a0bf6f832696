import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The name under which this data directory holds leases: the same after a crash, so that it need not wait for its own lease. */
export async function readHolder(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'holder');
  const known = await readFile(path, 'utf8').catch(() => '');
  if (/^[0-9a-f-]{36}$/.test(known)) return known;
  const holder = randomUUID();
  await writeFile(path, holder, { mode: 0o600 });
  return holder;
}
