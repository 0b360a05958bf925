import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

// Progress goes to stderr: stdout belongs to what is started or tested.
/** @param {string} text */
export const say = (text) => process.stderr.write(`${text}\n`);

const heartbeatMs = 5_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * What was started does not outlive this process.
 *
 * @param {NodeJS.Signals} signal
 */
const stop = (signal) => {
  for (const child of running) child.kill(signal);
  process.exit(signal === 'SIGINT' ? 130 : 143);
};

/**
 * @typedef {object} StepResult
 * @property {boolean} passed
 * @property {string} output stdout and stderr, in order of arrival; empty when shown live
 */

/**
 * Runs one command and shows what it is, that it is alive, and how long it took. Its output is
 * shown when it fails, or always and at once with `live`.
 *
 * @param {string} title
 * @param {[string, ...string[]]} command run without a shell, in the repository
 * @param {{ live?: boolean, env?: Record<string, string> }} [options]
 * @returns {Promise<StepResult>}
 */
export async function step(title, [file, ...args], { live = false, env = {} } = {}) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  say(`» ${title}`);
  const heartbeat = setInterval(() => {
    if (!live) say(`  ${title}: ${seconds()} s`);
  }, heartbeatMs);
  /** @type {StepResult} */
  const result = await new Promise((resolve) => {
    let output = '';
    const child = spawn(file, args, {
      cwd: root,
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
      env: { ...process.env, NX_DAEMON: 'false', ...env },
      shell: process.platform === 'win32',
    });
    if (running.size === 0) process.on('SIGINT', stop).on('SIGTERM', stop);
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
    }
    child.on('error', (error) => resolve({ passed: false, output: `${output}${error.message}\n` }));
    child.on('close', (code) => {
      running.delete(child);
      if (running.size === 0) process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve({ passed: code === 0, output });
    });
  });
  clearInterval(heartbeat);
  if (!result.passed && !live) say(result.output.trimEnd());
  say(`${result.passed ? '✓' : '✗'} ${title} (${seconds()} s)`);
  return result;
}

/**
 * The path of a tool that npm installed.
 *
 * @param {string} name
 */
export const tool = (name) => `${root}node_modules/.bin/${name}`;
