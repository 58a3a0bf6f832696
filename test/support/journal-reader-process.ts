import { openJournalReader } from '../../adapters/journal/open-journal-reader.ts';

// Follows a journal from the files alone until it has seen the record `end`, then prints what it saw.
const [directory = ''] = process.argv.slice(2);
const reader = openJournalReader(directory);
const seen: string[] = [];
let offset = 0;
while (seen.at(-1) !== 'end') {
  const records = await reader.read(offset, 64);
  for (const record of records) seen.push(Buffer.from(record.payload).toString());
  const last = records.at(-1);
  if (last === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  else offset = last.offset + 1;
}
await reader.close();
process.stdout.write(JSON.stringify(seen));
