import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTimeline } from '../../simulators/timeline.ts';

it('runs everything in order of time, equal times in the order given, and nothing that was undone', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 60 }), (entries) => {
      const timeline = createTimeline(0);
      const ran: number[] = [];
      entries.forEach(([time, undone], i) => {
        const undo = timeline.at(time, () => {
          expect(timeline.now()).toBe(time);
          ran.push(i);
        });
        if (undone) undo();
      });
      timeline.advance(100);
      const kept = entries.map(([time, undone], i) => ({ time, undone, i })).filter(({ undone }) => !undone);
      expect(ran).toEqual(kept.sort((a, b) => a.time - b.time || a.i - b.i).map(({ i }) => i));
      expect(timeline.due()).toBeNull();
      expect(timeline.now()).toBe(100);
    }),
  );
});

it('runs what is added while running, in the same advance when it is due', () => {
  const timeline = createTimeline(0);
  const ran: number[] = [];
  const again = () => {
    ran.push(timeline.now());
    timeline.at(timeline.now() + 10, again);
  };
  timeline.at(5, again);
  timeline.advance(30);
  expect(ran).toEqual([5, 15, 25]);
  expect(timeline.due()).toBe(35);
});
