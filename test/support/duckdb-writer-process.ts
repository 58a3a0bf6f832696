import { openStoreIn } from './duckdb-store.ts';
import { fleetBatches } from './reading-batch.ts';

/** Writes batches for ever and prints how many are acknowledged; days pass quickly, so that seals happen too. */
const [directory = '', from = '0', steps = '0'] = process.argv.slice(2);
const store = await openStoreIn(directory);
let written = Number(steps);
for (const batch of fleetBatches({
  site: 's',
  devices: 200,
  steps: 100_000,
  from: Number(from),
  interval_ms: 3_600_000,
})) {
  const shift = Number(steps) * 3_600_000;
  for (let row = 0; row < batch.ts.length; row += 1) {
    batch.ts[row] = (batch.ts[row] ?? 0) + shift;
    batch.arrival[row] = (batch.arrival[row] ?? 0) + shift;
  }
  await store.write(batch);
  written += 1;
  process.stdout.write(`${written}\n`);
}
