import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interruption } from '../../../core/interruptions/interruption.ts';
import {
  dropSpell,
  type LedgerBook,
  type LedgerRules,
  putSpell,
  rejoin,
  settle,
} from '../../../core/interruptions/ledger.ts';

const step = fc.record({
  key: fc.constantFrom('1#1', '2#2', '3#3', '4#4', '5#5'),
  drop: fc.boolean(),
  phases: fc.integer({ min: 1, max: 7 }),
  from: fc.integer({ min: 1, max: 900 }),
  length: fc.option(fc.integer({ min: 1, max: 300 }), { nil: null }),
});

describe('the interruptions of one unit', () => {
  it('never overlap on a phase, whatever becomes known in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let ids = 0;
        const rules: LedgerRules = {
          momentary_ms: 20,
          unit: () => ({ node: 'u', premises: null }),
          newId: () => `x${ids++}`,
        };
        const book: LedgerBook = new Map();
        const stored = new Map<string, Interruption>();
        for (const { key, drop, phases, from, length } of steps) {
          const until = length === null ? 0 : from + length;
          if (drop) dropSpell(book, 1, key);
          else putSpell(book, 1, { key, incident: key, phases, from, until, planned: null }, rules, 0);
          rejoin(book, 1, rules, 0);
          for (const { type, body } of settle(book, 1, rules, 0, '')) {
            if (type === 'voided') stored.delete(body.id);
            else stored.set(body.id, body);
          }
          for (const phase of 'ABC') {
            const own = [...stored.values()].filter((one) => one.phases.includes(phase));
            own.sort((a, b) => a.from - b.from);
            for (let i = 1; i < own.length; i++) {
              expect(own[i]?.from).toBeGreaterThanOrEqual(own[i - 1]?.to ?? Number.POSITIVE_INFINITY);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
