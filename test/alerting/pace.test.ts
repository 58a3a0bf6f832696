import { expect, it } from 'vitest';
import { createPace } from '../../alerting/pace.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

it('lets through in order, at its rate, however late the event loop is', async () => {
  const rate_per_s = 200;
  const pace = createPace(rate_per_s, clock);
  const passed: { readonly n: number; readonly at: number }[] = [];
  const turns = Array.from({ length: 300 }, async (_, n) => {
    expect(await pace.turn()).toBe(true);
    passed.push({ n, at: performance.now() });
  });
  expect(pace.queue_ms()).toBeGreaterThan(1_300);
  setTimeout(() => {
    for (const until = performance.now() + 400; performance.now() < until; );
  }, 300);
  await Promise.all(turns);
  expect(passed.map(({ n }) => n)).toEqual(passed.map((_, n) => n));
  const inSecond = passed.map(({ at }) => passed.filter((one) => one.at >= at && one.at < at + 1_000).length);
  expect(Math.max(...inSecond)).toBeLessThanOrEqual(rate_per_s * 1.1);
});

it('who leaves the queue leaves their turn to the next', async () => {
  const pace = createPace(10, clock);
  const leaving = new AbortController();
  const staying = new AbortController();
  await pace.turn(staying.signal);
  const left = pace.turn(leaving.signal);
  const began = performance.now();
  const stayed = pace.turn(staying.signal);
  leaving.abort();
  expect(await left).toBe(false);
  expect(await stayed).toBe(true);
  expect(performance.now() - began).toBeLessThan(190);
});
