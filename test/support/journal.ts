import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JournalOptions, openJournal } from '../../adapters/journal/open-journal.ts';
import type { Journal, JournalKind, JournalReader, JournalRecord } from '../../core/ports/journal.ts';
import { createLogBook, createMeter, realClock } from './quiet.ts';

export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'relight-journal-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function openTestJournal(directory: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  return openJournal({
    directory,
    readers: ['detect'],
    clock: realClock,
    log: createLogBook(),
    telemetry: createMeter(),
    ...options,
  });
}

/** Appends and resolves once the record is durable. */
export function appended(
  journal: Journal,
  topic: string,
  payload: Uint8Array | string,
  kind: JournalKind = 'message',
  stored = false,
): Promise<void> {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return new Promise((resolve, reject) => {
    journal.append(kind, topic, bytes, stored, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

export async function readAll(reader: JournalReader, from = 0, limit = 100): Promise<JournalRecord[]> {
  const all: JournalRecord[] = [];
  let offset = from;
  for (;;) {
    const records = await reader.read(offset, limit);
    const last = records.at(-1);
    if (last === undefined) return all;
    all.push(...records);
    offset = last.offset + 1;
  }
}

export function textsOf(records: readonly JournalRecord[]): string[] {
  return records.map((record) => Buffer.from(record.payload).toString());
}
