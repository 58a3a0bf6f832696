import { appendFile, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface RotatingFile {
  /** Resolves when the line is in the file. Lines of one turn are written together. */
  append(line: string): Promise<void>;
  /** The newest file first. */
  contents(): Promise<readonly string[]>;
}

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Lines in `path`, at most `files` files of about `maxBytes`: `path`, `path.1`, … the oldest goes. */
export function createRotatingFile(path: string, maxBytes: number, files: number): RotatingFile {
  let waiting: Waiting[] = [];
  let writing = false;
  let size: number | undefined;
  // After a failed write or a crash the file may end in half a line, which must not swallow the next one.
  let torn = false;

  async function writeAll(): Promise<void> {
    writing = true;
    // One turn's wait: whoever appends in it shares the write.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(batch.map((entry) => `${entry.line}\n`).join(''));
        for (const entry of batch) entry.resolve();
      } catch (error) {
        torn = true;
        for (const entry of batch) entry.reject(error);
      }
    }
    writing = false;
  }

  async function write(text: string): Promise<void> {
    size ??= await sizeAtStart();
    if (size > maxBytes) {
      await rotate();
      size = 0;
    }
    const chunk = torn ? `\n${text}` : text;
    await appendFile(path, chunk, { mode: 0o600 });
    torn = false;
    size += Buffer.byteLength(chunk);
  }

  async function sizeAtStart(): Promise<number> {
    await mkdir(dirname(path), { recursive: true });
    const text = await readFile(path).catch((error: unknown) => emptyIfMissing(error));
    torn = text.length > 0 && !text.toString('utf8').endsWith('\n');
    return text.length;
  }

  async function rotate(): Promise<void> {
    for (let index = files - 1; index > 0; index -= 1) {
      await rename(nameOf(index - 1), nameOf(index)).catch(ignoreMissing);
    }
  }

  function nameOf(index: number): string {
    return index === 0 ? path : `${path}.${index}`;
  }

  return {
    append(line) {
      return new Promise((resolve, reject) => {
        waiting.push({ line, resolve, reject });
        if (!writing) void writeAll();
      });
    },
    async contents() {
      const names = Array.from({ length: files }, (_, index) => nameOf(index));
      const texts = await Promise.all(names.map((name) => readFile(name, 'utf8').catch(emptyIfMissing)));
      return texts;
    },
  };
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function emptyIfMissing(error: unknown): string {
  if (isMissing(error)) return '';
  throw error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
