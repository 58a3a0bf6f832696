import { workerData } from 'node:worker_threads';
import { Transferred } from '../../../adapters/thread/wire.ts';
import { serveWorker } from '../../../adapters/thread/worker-server.ts';

const procedures = {
  sum: (numbers: Float64Array) => numbers.reduce((total, value) => total + value, 0),
  data: () => workerData as unknown,
  range: (n: number) => {
    const values = Float64Array.from({ length: n }, (_, i) => i);
    return new Transferred(values, [values.buffer]);
  },
  refuse: (code: string): number => {
    throw Object.assign(new Error('not today'), { code, retryable: true });
  },
  later: (delay_ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('done'), delay_ms)),
  die: (code: number): number => process.exit(code),
};
export type SumsProcedures = typeof procedures;

serveWorker(procedures);
