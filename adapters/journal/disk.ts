import { type FileHandle, open } from 'node:fs/promises';

/** What the writer needs of the file system for a segment; tests put a full disk here. */
export interface JournalDisk {
  /** Creates the file (it must not exist) and makes its directory entry durable. */
  create(directory: string, path: string): Promise<SegmentFile>;
}

export interface SegmentFile {
  /** Writes all the bytes at `position`; again after a failure is allowed. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  /** Resolves when everything written is on the medium. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export const NODE_DISK: JournalDisk = {
  async create(directory, path) {
    const handle = await open(path, 'w', 0o600);
    try {
      await syncDirectory(directory);
    } catch (cause) {
      await handle.close();
      throw cause;
    }
    return {
      write: (buffers, position) => writeAll(handle, buffers, position),
      sync: () => handle.datasync(),
      truncate: (bytes) => handle.truncate(bytes),
      close: () => handle.close(),
    };
  },
};

/** A new or removed file survives a power cut only once its directory is synced. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, buffers: readonly Buffer[], start: number): Promise<void> {
  let position = start;
  for (const buffer of buffers) {
    let done = 0;
    while (done < buffer.length) {
      const { bytesWritten } = await handle.write(buffer, done, buffer.length - done, position);
      done += bytesWritten;
      position += bytesWritten;
    }
  }
}
