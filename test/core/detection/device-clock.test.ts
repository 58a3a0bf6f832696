import { describe, expect, it } from 'vitest';
import { correct, newClock } from '../../../core/detection/device-clock.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-03-01T10:00:00Z');

/** Corrected instants of messages a minute apart that say `ts` and take `delay` to arrive. */
function corrected(messages: readonly { readonly off_ms: number; readonly delay_ms: number }[]) {
  const clock = newClock();
  return messages.map(({ off_ms, delay_ms }, i) => {
    const sent = START + i * MINUTE;
    return correct(clock, sent + off_ms, sent + delay_ms) - sent;
  });
}

const steady = (count: number, off_ms: number, delay_ms = 200) =>
  Array.from({ length: count }, () => ({ off_ms, delay_ms }));

describe('a device clock', () => {
  it('that is off is corrected by the quickest message', () => {
    expect(corrected([...steady(5, 3_600_000), { off_ms: 3_600_000, delay_ms: 90_000 }])).toEqual([
      ...Array(5).fill(200),
      200,
    ]);
  });

  it('that is set back is believed after three messages', () => {
    const errors = corrected([...steady(10, 3_600_000), ...steady(6, 0)]);
    expect(errors.slice(12)).toEqual(Array(4).fill(200));
  });

  it('is not taken for set back because a few messages come late', () => {
    const late = [90_000, 40_000, 20_000].map((delay_ms) => ({ off_ms: 0, delay_ms }));
    expect(corrected([...steady(5, 0), ...late, ...steady(2, 0)])).toEqual(Array(10).fill(200));
  });
});
