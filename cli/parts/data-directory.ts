import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../complaint.ts';

/** Makes the data folder and proves that it can be written, before anything else is opened. */
export async function checkDataDirectory(directory: string): Promise<void> {
  const probe = join(directory, `.writable-${process.pid}`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new Complaint(
      `the data folder ${directory} cannot be ${code === 'EEXIST' || code === 'ENOTDIR' ? 'used, it is no folder' : 'written'} ` +
        `(${code}): give this user the right to, or choose another with DATA_DIR`,
      { cause },
    );
  }
}
