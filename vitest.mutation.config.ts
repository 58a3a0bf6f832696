import { defineConfig } from 'vitest/config';

/** The tests a mutant of the compensation engine must not survive: those that state amounts, minutes and dates. */
export default defineConfig({
  test: {
    include: [
      // Properties take long, and the pages state no amounts of their own.
      'test/core/compensation/!(properties|docs).test.ts',
      'test/contracts/scheme.test.ts',
      'test/core/units/*.test.ts',
    ],
    testTimeout: 60_000,
    setupFiles: ['test/support/property-seed.ts', 'test/support/chosen-mutant.ts'],
    pool: 'forks',
  },
});
