import { expect, it } from 'vitest';
import { crashIngest } from '../support/ingest-crash.ts';
import { withDirectory } from '../support/journal.ts';

it(
  'comes to the undisturbed result, each notice owed once, whenever it is killed with -9',
  () =>
    withDirectory(async (directory) => {
      const { settled, outcome, expected } = await crashIngest(directory, {
        units: 20,
        cycles: 30,
        kills: 3,
        seed: 7,
      });
      expect(settled).toBe(true);
      expect(outcome.ledger).toEqual(expected.ledger);
      expect(outcome.incidents).toHaveLength(expected.incidents);
      expect(outcome.deliveries).toHaveLength(expected.deliveries);
      expect(new Set(outcome.incidents.map((text) => JSON.parse(text).state))).toEqual(new Set(['restored']));
    }),
  90_000,
);
