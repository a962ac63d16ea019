import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests start real servers, JVMs and Python processes: on a busy machine these take their time, which is no failure.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
