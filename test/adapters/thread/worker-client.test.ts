import { afterEach, describe, expect, it } from 'vitest';
import type { ThreadError } from '../../../adapters/thread/thread-error.ts';
import { createWorkerClient, type WorkerClient } from '../../../adapters/thread/worker-client.ts';
import type { SumsProcedures } from './sums-worker.ts';

describe('a worker thread', () => {
  const deaths: ThreadError[] = [];
  let client: WorkerClient<SumsProcedures>;

  async function started(maxInFlight = 10): Promise<WorkerClient<SumsProcedures>> {
    client = createWorkerClient<SumsProcedures>({
      from: import.meta.url,
      entry: './sums-worker',
      name: 'sums',
      maxInFlight,
      data: { greeting: 'hello' },
      onDeath: (error) => deaths.push(error),
    });
    await client.start();
    return client;
  }

  afterEach(async () => {
    await client.stop();
    deaths.length = 0;
  });

  it('answers typed calls and has its data', async () => {
    const sums = await started();
    expect(await sums.call('sum', Float64Array.of(1, 2, 3.5))).toBe(6.5);
    expect(await sums.call('data', undefined as never)).toEqual({ greeting: 'hello' });
  });

  it('moves buffers in both directions instead of copying them', async () => {
    const sums = await started();
    const numbers = Float64Array.of(1, 2);
    expect(await sums.call('sum', numbers, [numbers.buffer])).toBe(3);
    expect(numbers.byteLength).toBe(0);
    expect((await sums.call('range', 4)).at(-1)).toBe(3);
  });

  it('carries an error over with its code, message and whether to retry', async () => {
    const sums = await started();
    await expect(sums.call('refuse', 'full')).rejects.toMatchObject({
      name: 'ThreadError',
      code: 'full',
      message: 'not today',
      retryable: true,
    });
  });

  it('refuses one call more than may be in flight, and takes calls again afterwards', async () => {
    const sums = await started(2);
    const both = [sums.call('later', 30), sums.call('later', 30)];
    await expect(sums.call('later', 1)).rejects.toMatchObject({ code: 'thread_busy', retryable: true });
    expect(await Promise.all(both)).toEqual(['done', 'done']);
    expect(await sums.call('later', 1)).toBe('done');
  });

  it('rejects everything in flight when the thread dies, reports it once, and can start anew', async () => {
    const sums = await started();
    const waiting = sums.call('later', 60_000);
    const killer = sums.call('die', 3);
    await expect(waiting).rejects.toMatchObject({ code: 'thread_died', retryable: true });
    await expect(killer).rejects.toMatchObject({ code: 'thread_died' });
    expect(deaths).toHaveLength(1);
    await expect(sums.call('sum', Float64Array.of(1))).rejects.toMatchObject({ code: 'thread_stopped' });

    await sums.start();
    expect(await sums.call('sum', Float64Array.of(1))).toBe(1);
  });

  it('finishes what is in flight before it stops, and does not call that a death', async () => {
    const sums = await started();
    const last = sums.call('later', 50);
    await sums.stop();
    expect(await last).toBe('done');
    expect(deaths).toHaveLength(0);
  });

  it('says so when the worker cannot even load', async () => {
    client = createWorkerClient<SumsProcedures>({
      from: import.meta.url,
      entry: './absent',
      name: 'absent',
      maxInFlight: 1,
    });
    await expect(client.start()).rejects.toMatchObject({ code: 'thread_died' });
  });
});
