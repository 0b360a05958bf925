import { writeFileSync } from 'node:fs';

/**
 * Closes a vitest run with one plain line, `N passed, N failed`. When STENO_TEST_COUNTS names a
 * file, the counts go there instead, for a caller that adds checks of its own and closes itself.
 * A file that does not load and an error outside of any test count as one failure each.
 */
export default class SummaryReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} errors
   */
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else counts.skipped += 1;
      }
      const ownFailure = module.state() === 'failed' && !tests.some(hasFailed);
      if (ownFailure) counts.failed += 1;
    }
    const file = process.env['STENO_TEST_COUNTS'];
    if (file !== undefined) {
      writeFileSync(file, JSON.stringify(counts));
      return;
    }
    if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
  }
}

/** @param {import('vitest/node').TestCase} test */
function hasFailed(test) {
  return test.result().state === 'failed';
}
