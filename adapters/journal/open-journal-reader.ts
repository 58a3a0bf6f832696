import type { JournalReader } from '../../core/ports/journal.ts';
import { createFileReader } from './file-reader.ts';

/**
 * Reads a journal from another thread or process than its writer's, from the files alone. It may give the newest records
 * a moment before they are acknowledged, so what is done with them must bear their coming again.
 */
export function openJournalReader(directory: string): JournalReader {
  return createFileReader(directory);
}
