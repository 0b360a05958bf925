import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { makeContext } from '../src/cli/context.js';
import { runSteno } from '../src/cli/run-steno.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Columns of the terminal; none: a pipe. */
  readonly terminal?: number;
  /** What is piped in. */
  readonly input?: string;
}

/** Runs a command line in this process and collects what it prints. */
export async function steno(args: readonly string[], around: Around = {}): Promise<Ran> {
  const { env = {}, cwd = tmpdir(), terminal, input = '' } = around;
  const [out, err] = [collect(terminal), collect(terminal)];
  const stdin = Readable.from([Buffer.from(input)]);
  const process = { stdout: out.stream, stderr: err.stream, stdin, env, cwd: () => cwd };
  const code = await runSteno(args, makeContext(process));
  return { code, out: out.text(), err: err.text() };
}

function collect(columns: number | undefined) {
  const parts: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (part: Buffer) => parts.push(part));
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { stream: Object.assign(stream, terminal), text: () => Buffer.concat(parts).toString() };
}

/** The objects of JSON lines. */
export function lines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** A new folder, and how to remove it. */
export function makeFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'steno-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
