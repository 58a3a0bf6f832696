import { describe, expect, it } from 'vitest';
import type { DispatchView } from '../../contracts/http/dispatch.ts';
import {
  askedOf,
  limitOf,
  nextLimit,
  nextMove,
  reachedAt,
} from '../../dashboard/src/state/dispatch-facts.ts';
import { fromSiteClock, toSiteClock } from '../../dashboard/src/state/site-clock.ts';

const START = Date.parse('2026-11-22T08:00:00.000Z');
const iso = (minutes: number) => new Date(START + minutes * 60_000).toISOString();

function clockOf(
  clock: DispatchView['clocks'][number]['clock'],
  limit_min: number,
  parts: Partial<DispatchView['clocks'][number]> = {},
): DispatchView['clocks'][number] {
  return {
    clock,
    round: 1,
    startedAt: iso(0),
    stoppedAt: null,
    limit_s: limit_min * 60,
    elapsed_s: 0,
    dueAt: iso(limit_min),
    status: 'running',
    pauses: [],
    ...parts,
  };
}

function dispatchOf(parts: Partial<DispatchView> = {}): DispatchView {
  return {
    id: 'd1',
    incident: 'i1',
    severity: 'urgent',
    state: 'offered',
    engineer: null,
    openedAt: iso(0),
    supplyBack: false,
    moves: ['accept', 'decline'],
    clocks: [],
    offers: [],
    history: [],
    steps: [],
    ...parts,
  };
}

describe('a limit', () => {
  const urgency = (minute: number) =>
    limitOf(clockOf('on_site', 30), START + minute * 60_000)?.urgency ?? null;

  it('is near once less than a third of it is left, and over once it has passed', () => {
    expect([0, 20, 20.1, 30, 30.1].map(urgency)).toEqual(['fine', 'fine', 'near', 'near', 'over']);
  });

  it('that rests is nobody’s hurry', () => {
    expect(limitOf(clockOf('on_site', 30, { dueAt: null, status: 'paused' }), START)).toBeNull();
  });

  it('shown is the first to fall due of those that run, the longest overdue before all', () => {
    const clocks = [
      clockOf('on_site', 30),
      clockOf('dispatch', 15),
      clockOf('informed', 5, { stoppedAt: iso(1) }),
    ];
    expect(nextLimit({ clocks }, START)?.clock).toBe('dispatch');
    expect(nextLimit({ clocks }, START + 40 * 60_000)).toMatchObject({
      clock: 'dispatch',
      left_ms: -25 * 60_000,
    });
    expect(nextLimit({ clocks: [] }, START)).toBeNull();
  });
});

describe('a dispatch', () => {
  it('offers the step forward as its one large button', () => {
    expect(nextMove({ moves: ['accept', 'decline'] })).toBe('accept');
    expect(nextMove({ moves: ['travel', 'arrive'] })).toBe('arrive');
    expect(nextMove({ moves: ['work', 'restore'] })).toBe('restore');
    expect(nextMove({ moves: [] })).toBeNull();
  });

  it('waits for the answer of the last one asked, unless nobody is', () => {
    const offer = { n: 1, engineer: 'e1', at: iso(0), by: 'relight', answer: 'lapsed', answeredAt: null };
    expect(askedOf({ offers: [offer] })).toBeNull();
    expect(askedOf({ offers: [offer, { ...offer, n: 2, engineer: 'e2', answer: 'open' }] })).toBe('e2');
  });

  it('has not been accepted once it is offered to another', () => {
    const history = [{ at: iso(3), by: 'e1', event: 'accepted', note: null, photo: null, saidAt: null }];
    expect(reachedAt(dispatchOf({ state: 'travelling', history }), 'accepted')).toBe(iso(3));
    expect(reachedAt(dispatchOf({ state: 'travelling', history }), 'on_site')).toBeNull();
    expect(reachedAt(dispatchOf({ state: 'offered', history }), 'accepted')).toBeNull();
  });
});

describe('a time typed in', () => {
  it('means the clock on the site’s wall', () => {
    expect(toSiteClock(START, 'Asia/Shanghai')).toBe('2026-11-22T16:00:00');
    expect(fromSiteClock('2026-11-22T16:00:00', 'Asia/Shanghai')).toBe(START);
  });

  it('is the first of two in the hour a clock shows twice, and comes back as typed on any other day', () => {
    expect(new Date(fromSiteClock('2026-10-25T02:30:00', 'Europe/Berlin')).toISOString()).toBe(
      '2026-10-25T00:30:00.000Z',
    );
    for (const text of ['2026-03-28T12:00:00', '2026-03-29T12:00:00', '2026-10-25T12:00:00'])
      expect(toSiteClock(fromSiteClock(text, 'Europe/Berlin'), 'Europe/Berlin')).toBe(text);
  });
});
