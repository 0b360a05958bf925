import { defineConfig } from 'vitest/config';
import LongestFirst from './tools/longest-first.mjs';

// Tests run from sources: the "development" condition of each package's exports names them.
const conditions = ['development', 'node', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'proto/{src,test}/**/*.test.ts',
      'services/*/{src,test}/**/*.test.ts',
      'web/*/{src,test}/**/*.test.{ts,tsx}',
      'load-tests/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    // Two processes for all files: one for each would load the same modules 280 times, which took a
    // fifth of the whole. So no file may leave anything behind that others could stumble over.
    isolate: false,
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
