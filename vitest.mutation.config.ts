import { defineConfig } from 'vitest/config';

/** The tests a mutant of the compensation engine must not survive: those that state amounts, minutes and dates. */
export default defineConfig({
  test: {
    include: [
      'test/core/compensation/{schemes,language,between-rules,calendar-questions,property-fee}.test.ts',
      'test/contracts/scheme.test.ts',
      'test/core/units/*.test.ts',
    ],
    testTimeout: 60_000,
    setupFiles: ['test/support/property-seed.ts', 'test/support/chosen-mutant.ts'],
    pool: 'forks',
  },
});
