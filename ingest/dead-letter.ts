import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

const LIMIT_BYTES = 16 * 1024 * 1024;

/** A file of what no store will ever take, for a person to look at. The newest 16 to 32 MiB are kept. */
export interface DeadLetters {
  add(entry: unknown): Promise<void>;
}

export function createDeadLetters(directory: string, limit_bytes = LIMIT_BYTES): DeadLetters {
  const path = join(directory, 'dead-letters.jsonl');
  return {
    async add(entry) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const size = await stat(path).then(
        (file) => file.size,
        () => 0,
      );
      if (size > limit_bytes) await rename(path, `${path}.1`);
      await appendFile(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    },
  };
}
