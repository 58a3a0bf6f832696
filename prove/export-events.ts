import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalReader } from '../adapters/journal/open-journal-reader.ts';
import type { JournalRecord } from '../core/ports/journal.ts';
import { toIso } from '../core/units/time.ts';

const AT_ONCE = 2_000;

/** Writes what the platform consumed as a file for `relight replay`, beside its journal; returns the file. */
export async function exportEvents(directory: string): Promise<string> {
  const reader = openJournalReader(join(directory, 'journal'));
  const lines: string[] = [];
  for (let offset = 0; ; ) {
    const records = await reader.read(offset, AT_ONCE);
    const last = records.at(-1);
    if (last === undefined) break;
    lines.push(...records.flatMap(lineOf));
    offset = last.offset + 1;
  }
  await reader.close();
  const file = join(directory, 'events.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** A replay makes its own ticks and is given the site. */
function lineOf({ kind, at, topic, payload, stored }: JournalRecord): string[] {
  const text = Buffer.from(payload).toString('utf8');
  if (kind === 'tick') return [];
  if (kind === 'command') {
    const command = JSON.parse(text);
    return command.type === 'site' ? [] : [JSON.stringify({ at: toIso(at), command })];
  }
  const flag = stored ? { stored } : {};
  return [JSON.stringify({ at: toIso(at), topic, payload_b64: Buffer.from(payload).toString('base64'), ...flag })];
}
