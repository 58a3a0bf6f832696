import { describe, expect, it } from 'vitest';
import { quietUntil, wakes } from '../../../core/people/quiet-hours.ts';

const at = (iso: string): number => Date.parse(iso);
const NIGHT = { from: '22:00', to: '07:00' };

describe('quiet hours', () => {
  it.each([
    ['2026-07-01T13:59:59Z', null],
    ['2026-07-01T14:00:00Z', '2026-07-01T23:00:00.000Z'],
    ['2026-07-01T22:59:59Z', '2026-07-01T23:00:00.000Z'],
    ['2026-07-01T23:00:00Z', null],
  ])('at %s in Shanghai last until %s', (now, end) => {
    const until = quietUntil(NIGHT, 'Asia/Shanghai', at(now));
    expect(until === null ? null : new Date(until).toISOString()).toBe(end);
  });

  it('within one day, and none when they begin as they end', () => {
    expect(quietUntil({ from: '12:00', to: '14:00' }, 'UTC', at('2026-07-01T13:00:00Z'))).toBe(
      at('2026-07-01T14:00:00Z'),
    );
    expect(quietUntil({ from: '12:00', to: '12:00' }, 'UTC', at('2026-07-01T12:00:00Z'))).toBeNull();
  });

  it('end by the wall clock in the night the clock changes', () => {
    expect(quietUntil(NIGHT, 'Europe/Berlin', at('2026-03-29T00:30:00Z'))).toBe(at('2026-03-29T05:00:00Z'));
    expect(quietUntil(NIGHT, 'Europe/Berlin', at('2026-10-25T00:30:00Z'))).toBe(at('2026-10-25T06:00:00Z'));
  });

  it('give way to danger, and to a loss for who depends on supply', () => {
    expect(wakes('danger', false)).toBe(true);
    expect(wakes('lost', true)).toBe(true);
    expect(wakes('lost', false)).toBe(false);
    expect(wakes('restored', true)).toBe(false);
  });
});
