import { Output } from './output.js';
import type { OutputStream } from './output.js';

/** What a verb may use of the process around it. */
export interface Context {
  /** Results. */
  readonly out: Output;
  /** Everything else: progress, warnings, errors. */
  readonly err: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** What is piped in; its own end is the end. */
  readonly input: Input;
}

export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
}

/** The part of Node's `process` that the command uses. */
interface ProcessParts {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: () => string;
}

export function makeContext({ stdout, stderr, stdin, env, cwd }: ProcessParts): Context {
  return {
    out: new Output(stdout, env),
    err: new Output(stderr, env),
    environment: env,
    directory: cwd(),
    input: stdin,
  };
}
