import { say } from './environment.js';
import { Cleanup } from './processes.js';

const USAGE_ERROR = 64;
const INTERRUPTED = 130;

/**
 * Runs a benchmark and whatever cleaning up it asked for, also when it fails or is interrupted.
 * Exit codes: 0 all bars reached, 1 a bar missed or a failure, 64 usage.
 */
export async function runCommand<Options>(
  usage: string,
  parse: (args: readonly string[]) => Options,
  body: (options: Options, cleanup: Cleanup) => Promise<number>,
): Promise<void> {
  let options: Options;
  try {
    options = parse(process.argv.slice(2));
  } catch (error) {
    say(`${messageOf(error)}\n${usage}`);
    process.exitCode = USAGE_ERROR;
    return;
  }
  const cleanup = new Cleanup();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`${signal}: stopping what was started`);
      void cleanup.run().finally(() => process.exit(INTERRUPTED));
    });
  }
  try {
    process.exitCode = await body(options, cleanup);
  } catch (error) {
    say(`failed: ${messageOf(error)}`);
    process.exitCode = 1;
  } finally {
    await cleanup.run();
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
