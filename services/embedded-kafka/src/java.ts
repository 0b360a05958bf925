import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { hasErrorCode, toolMissing } from './kafka-error.js';

const OUTPUT_TAIL_CHARACTERS = 4_096;

/** Nothing more from our environment, which may hold secrets. */
export const JAVA_ENVIRONMENT = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };

export const classPath = (jars: string): readonly string[] => ['-cp', join(jars, '*')];

/** Java's archive of the classes that are in use once a broker runs. */
export const classArchive = (jars: string): string => `${jars}.jsa`;

/** The same with that archive, which halves the start; where it does not fit Java goes without. */
export const archivedClassPath = (jars: string): readonly string[] => [
  '-Xshare:auto',
  '-Xlog:disable',
  `-XX:SharedArchiveFile=${classArchive(jars)}`,
  ...classPath(jars),
];

/** What Java 16 and older say of classes that were made for 17. */
export const isTooOldJava = (output: string): boolean =>
  output.includes('UnsupportedClassVersionError');

export interface Ended {
  readonly code: number | null;
  /** The end of what it wrote. */
  readonly output: string;
}

/** Runs to the end. Throws KafkaError, `tools-missing`, where the command is not there. */
export function runToEnd(
  command: 'java' | 'mvn',
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_TAIL_CHARACTERS);
    });
  }
  return new Promise((settle, fail) => {
    child.on('error', (error) =>
      fail(hasErrorCode(error, 'ENOENT') ? toolMissing(command, error) : error),
    );
    child.on('close', (code) => settle({ code, output: output.trim() }));
  });
}
