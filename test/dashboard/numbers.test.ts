import { describe, expect, it } from 'vitest';
import { moneyText } from '../../dashboard/src/money-text.ts';
import { startOfDay, stopwatch } from '../../dashboard/src/times.ts';

describe('money', () => {
  it('is shown digit by digit as it came, however long it is', () => {
    expect(moneyText('0.15', 'CNY', 'zh-CN')).toBe('¥ 0.15');
    expect(moneyText('6240', 'CNY', 'zh-CN')).toBe('¥ 6,240');
    expect(moneyText('90071992547409931234.56', 'CNY', 'en')).toBe('¥ 90,071,992,547,409,931,234.56');
  });

  it('wears its sign in front of the currency', () => {
    expect(moneyText('-1234.5', 'CNY', 'en')).toBe('−¥ 1,234.5');
  });
});

describe('a running clock', () => {
  it('shows minutes and seconds, and hours when there are any', () => {
    expect(stopwatch(0)).toBe('00:00');
    expect(stopwatch(521_900)).toBe('08:41');
    expect(stopwatch(4_491_000)).toBe('1:14:51');
  });

  it('never runs backwards below zero', () => {
    expect(stopwatch(-5000)).toBe('00:00');
  });
});

describe('the start of the day', () => {
  it("is midnight of the site's zone, not of the reader's", () => {
    const at = Date.parse('2026-11-22T17:00:00.250Z');
    expect(new Date(startOfDay(at, 'Asia/Shanghai')).toISOString()).toBe('2026-11-22T16:00:00.000Z');
    expect(new Date(startOfDay(at, 'UTC')).toISOString()).toBe('2026-11-22T00:00:00.000Z');
  });
});
