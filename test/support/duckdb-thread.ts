import { parentPort, workerData } from 'node:worker_threads';
import { openStoreIn } from './duckdb-store.ts';
import { batchOf } from './reading-batch.ts';

/** Opens the store in this thread, writes one reading, says what it counts, and closes when told to. */
const store = await openStoreIn(String(workerData));
await store.write(
  batchOf([{ site: 's', device: 'm', ts: 5, arrival: 6, fields: { voltage: 1, flow_rate: 2 } }]),
);
parentPort?.once('message', () => void store.close().then(() => parentPort?.postMessage('closed')));
parentPort?.postMessage(await store.count('s', 0, 10));
