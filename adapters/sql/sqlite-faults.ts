import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { ThreadError } from '../thread/thread-error.ts';
import { IN_USE } from './fault-codes.ts';
import { ConstraintViolated } from './sql.ts';

/** Says what a failure of the embedded database means and what to change; our own mistakes pass through. */
export function sqliteFault(error: unknown, file: string): unknown {
  if (!(error instanceof ThreadError)) return error;
  const { code } = error;
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new ConstraintViolated('unique', { cause: error });
  }
  if (code.startsWith('SQLITE_CONSTRAINT')) return new ConstraintViolated('other', { cause: error });
  const unavailable = (message: string, retryable: boolean) =>
    new StoreUnavailable(message, { retryable, cause: error });

  if (code.startsWith('thread_')) return unavailable(`The embedded database: ${error.message}`, true);
  if (code === IN_USE) {
    return unavailable(
      `${file} is in use by another Relight process. Stop that one first, or set another data folder.`,
      false,
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return unavailable(`${file} is locked by another program. Close the program that holds it.`, true);
  }
  if (code.startsWith('SQLITE_FULL'))
    return unavailable(`The disk that holds ${file} is full. Free some space.`, true);
  if (code.startsWith('SQLITE_IOERR')) {
    return unavailable(
      `The disk that holds ${file} does not work (${code}). Look at the system's log.`,
      true,
    );
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
    return unavailable(
      `${file} cannot be written. Check that its folder exists and that this user may write there.`,
      false,
    );
  }
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return unavailable(
      `${file} is damaged or no database of Relight. Restore a backup or move the file away.`,
      false,
    );
  }
  return error;
}
