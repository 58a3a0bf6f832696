import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalReader } from '../adapters/journal/open-journal-reader.ts';
import type { JournalRecord } from '../core/ports/journal.ts';
import { toIso } from '../core/units/time.ts';

const AT_ONCE = 2_000;

/** Keeps what a platform consumed, as a file for `relight replay`, beyond the life of its journal's segments. */
export interface EventRecorder {
  /** Takes what is new in the journal; call it while no platform runs, before a next one tidies up. */
  collect(): Promise<void>;
  /** Writes the file and returns its name. */
  write(): string;
}

export function createEventRecorder(directory: string): EventRecorder {
  const lines: string[] = [];
  let next = 0;
  return {
    async collect() {
      const reader = openJournalReader(join(directory, 'journal'));
      try {
        for (;;) {
          const records = await reader.read(next, AT_ONCE);
          const last = records.at(-1);
          if (last === undefined) return;
          lines.push(...records.flatMap(lineOf));
          next = last.offset + 1;
        }
      } finally {
        await reader.close();
      }
    },
    write() {
      const file = join(directory, 'events.jsonl');
      writeFileSync(file, `${lines.join('\n')}\n`);
      return file;
    },
  };
}

/** A replay makes its own ticks and is given the site. */
function lineOf({ kind, at, topic, payload, stored }: JournalRecord): string[] {
  if (kind === 'tick') return [];
  if (kind === 'command') {
    const { type, command } = JSON.parse(Buffer.from(payload).toString('utf8'));
    if (type !== 'command') return [];
    const since = typeof command.blindFrom === 'number' ? { blindFrom: toIso(command.blindFrom) } : {};
    return [JSON.stringify({ at: toIso(at), command: { ...command, ...since } })];
  }
  const flag = stored ? { stored } : {};
  const payload_b64 = Buffer.from(payload).toString('base64');
  return [JSON.stringify({ at: toIso(at), topic, payload_b64, ...flag })];
}
