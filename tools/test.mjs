import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, nodeIsRecentEnough } from './prepare.mjs';
import { root, say, step, tool } from './steps.mjs';

// npm test: everything that must hold. `npm test -- PATTERN` runs the matching test files alone.
// The last line is always `N passed, N failed`, where each check counts as one test.

const baseline = 'proto/baseline.binpb';
const folders = '{proto,services,web,load-tests,tools}';

/** @typedef {[name: string, command: [string, ...string[]]]} Check */

/** @type {(project: string) => Check} */
const types = (project) => [`types of ${project}`, [tool('tsc'), '-p', project]];

/**
 * Two lanes, for two processors. One process each for what nx runs package by package: a program
 * for every package reads and checks what the packages have in common as often as there are some.
 *
 * @type {Check[][]}
 */
const lanes = [
  [['lint', [process.execPath, '--max-old-space-size=4096', tool('eslint'), '.']]],
  [
    types('tools/tsconfig.tests-of-packages.json'),
    types('services/steno/test'),
    ...readdirSync(join(root, 'web')).map((name) => types(`web/${name}/test`)),
    types('tools'),
    ['format', [tool('prettier'), '--check', '--cache', '--log-level=warn', '.']],
    ['layers', [tool('depcruise'), '--output-type=err-long', folders]],
    ['unused code', [tool('knip'), '--no-config-hints']],
    ['buf lint', [tool('buf'), 'lint', 'proto']],
    ['buf breaking', [tool('buf'), 'breaking', 'proto', '--against', baseline]],
  ],
];

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {string[]} args */
async function main(args) {
  const everything = args.length === 0;
  const total = { passed: 0, failed: 0 };
  /** @type {string[]} */
  const failures = [];
  /** @type {(name: string, passed: boolean) => void} */
  const count = (name, passed) => {
    total[passed ? 'passed' : 'failed'] += 1;
    if (!passed) failures.push(name);
  };

  const installed = nodeIsRecentEnough() && (await install());
  count('install', installed);
  if (installed) {
    count('build', await build());
    const checkLane = async (/** @type {Check[]} */ lane) => {
      for (const [name, command] of lane) count(name, (await step(name, command)).passed);
    };
    await Promise.all(everything ? lanes.map(checkLane) : []);
    const counts = await runTests(args);
    count('vitest', counts !== undefined);
    total.passed += counts?.passed ?? 0;
    total.failed += counts?.failed ?? 0;
    if (counts !== undefined && counts.skipped > 0) {
      say(`${counts.skipped} skipped`);
      if (everything && process.env['CI'] === 'true') count('nothing is skipped in CI', false);
    }
  }
  if (failures.length > 0) say(`failed checks: ${failures.join(', ')}`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

/**
 * Vitest counts into a file, so that the closing line can include the checks.
 *
 * @param {string[]} args
 * @returns {Promise<Counts | undefined>}
 */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'steno-test-'));
  const file = join(folder, 'counts.json');
  await step('tests', [tool('vitest'), 'run', '--root', root, ...args], {
    live: true,
    env: { STENO_TEST_COUNTS: file },
  });
  const counts = existsSync(file)
    ? /** @type {Counts} */ (JSON.parse(readFileSync(file, 'utf8')))
    : undefined;
  rmSync(folder, { recursive: true });
  return counts;
}

await main(process.argv.slice(2));
