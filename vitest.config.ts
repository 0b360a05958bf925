import { defineConfig } from 'vitest/config';
import LongestFirst from './tools/longest-first.mjs';

// Tests run from sources: the "development" condition of each package's exports names them.
const conditions = ['development', 'node', 'default'];

/** Of packages that start no process, open no socket and read no clock. */
const PURE = 'services/{masking,policy,sessions,transcript,wire-*}/test/**/*.test.ts';

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      // They leave nothing behind that others could stumble over: a process for each of these files
      // would load the same over and over.
      {
        extends: true,
        test: {
          name: 'units',
          include: ['{proto,services/*,web/*}/src/**/*.test.{ts,tsx}', PURE],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            '{proto,services/*,web/*}/test/**/*.test.{ts,tsx}',
            '{load-tests,tools}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', PURE],
        },
      },
    ],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Real servers are started, on machines that may be starved: these limits end what hangs, and
    // measure nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 120_000 } },
    reporters: ['default', './tools/summary-reporter.mjs'],
  },
});
