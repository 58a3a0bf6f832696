import { defineConfig } from 'vitest/config';

/** Tests against real servers, which `scripts/test-services.ts` starts; each file has a database and topics of its own on them. */
export default defineConfig({
  test: {
    include: ['test/services/**/*.test.ts', 'test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: process.env.CI ? 1 : 0,
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    // They wait more than they compute.
    maxWorkers: 2,
  },
});
