import { writeSync } from 'node:fs';
import { openTestJournal } from './journal.ts';

// Appends for ever, at most 500 unacknowledged at a time, and prints the ids that were acknowledged.
const [directory = '', run = ''] = process.argv.slice(2);
const journal = await openTestJournal(directory, { segment_bytes: 1 << 20 });
let next = 0;
let open = 0;
let acknowledged: string[] = [];

journal.onCommitted(() => {
  if (acknowledged.length > 0) writeSync(1, `${acknowledged.join(' ')}\n`);
  acknowledged = [];
});

function fill(): void {
  for (; open < 500; open++) {
    const id = `${run}-${next}`;
    next += 1;
    const payload = Buffer.from(`${id} ${'x'.repeat((next * 37) % 400)}`);
    journal.append('message', `relight/s/m-${next % 50}/telemetry`, payload, false, (error) => {
      if (error !== undefined) throw error;
      acknowledged.push(id);
      open -= 1;
    });
  }
}
setInterval(fill, 1);
