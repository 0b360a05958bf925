import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JAVA_ENVIRONMENT } from './java.js';

const SUPERVISOR = fileURLToPath(new URL('../bin/kafka-supervisor.mjs', import.meta.url));
const STDERR_TAIL_CHARACTERS = 4_096;

export interface KafkaExit {
  /** 0 after a stop that was asked for. */
  readonly code: number | null;
  /** The last errors that the broker wrote. */
  readonly stderr: string;
}

export interface SupervisedBroker {
  /** Settles when the broker has ended, asked or not; never rejects. */
  readonly exited: Promise<KafkaExit>;
  readonly hasExited: () => boolean;
  /** Undefined until Java was spawned. */
  readonly pid: () => number | undefined;
  /** Asks for a clean end. */
  readonly end: () => void;
  /** Kills the broker. */
  readonly abandon: () => void;
}

/**
 * Runs `java ARGS`, one for each lock at a time. It ends with this process, however this process
 * ends.
 */
export function superviseBroker(args: readonly string[], lock: string): SupervisedBroker {
  const plan = JSON.stringify({ args, env: JAVA_ENVIRONMENT, lock });
  const child = spawn(process.execPath, ['--max-old-space-size=32', SUPERVISOR, plan], {
    // A group of its own: a terminal's Ctrl+C is our caller's to handle.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: JAVA_ENVIRONMENT,
  });
  // When the supervisor dies first, its stdin breaks; `exited` says it.
  child.stdin.on('error', () => undefined);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  let ended = false;
  const exited = new Promise<KafkaExit>((settle) => {
    child.on('error', (error) => settle({ code: null, stderr: error.message }));
    // `close`, not `exit`: only then stderr has been read to its end.
    child.on('close', (code) => settle({ code, stderr: stderr.trim() }));
  }).finally(() => (ended = true));
  return {
    exited,
    hasExited: () => ended,
    pid: () => (stdout.endsWith('\n') ? Number(stdout) : undefined),
    end: () => void child.kill('SIGTERM'),
    abandon: () => child.stdin.end(),
  };
}
