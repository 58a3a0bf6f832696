import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/services/**', 'test/browser/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Machines are shared and noisy: what depends on time gets a second and a third chance, and vitest says so.
    retry: process.env.CI ? 2 : 0,
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    // A fifth of the time went into loading the same modules for each file anew. So no file may leave anything behind
    // that another would see; `--sequence.shuffle.files` looks for that.
    isolate: false,
    // Half of the tests wait for something: three workers keep two cores busy, where vitest would leave one idle.
    maxWorkers: 3,
  },
});
