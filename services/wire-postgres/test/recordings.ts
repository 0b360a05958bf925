import { readFileSync, readdirSync } from 'node:fs';
import type { Side } from '../src/message-types.js';
import { isMalformed } from '../src/malformed.js';
import { type Startup, parseStartup } from '../src/startup.js';

const folder = new URL('../fixtures/', import.meta.url);

/** One recorded connection, its start-up packets taken off. */
export interface Recording {
  readonly name: string;
  readonly startups: readonly Startup[];
  /** The start-up packets as sent. */
  readonly startupBytes: Buffer;
  readonly frontend: Buffer;
  readonly backend: Buffer;
}

export function loadRecording(name: string): Recording {
  const text = readFileSync(new URL(`${name}.hex`, folder), 'utf8');
  const turns = text.trimEnd().split('\n');
  const bytesOf = (arrow: string) =>
    Buffer.from(
      turns
        .filter((turn) => turn.startsWith(arrow))
        .map((turn) => turn.slice(2))
        .join(''),
      'hex',
    );
  const client = bytesOf('>');
  const server = bytesOf('<');
  const startups: Startup[] = [];
  let taken = 0;
  let answers = 0;
  for (let last = ''; last !== 'startup' && last !== 'cancel';) {
    const startup = parseStartup(client.subarray(taken));
    if (startup === 'incomplete' || isMalformed(startup)) throw new Error(`${name}: no start-up`);
    startups.push(startup);
    taken += startup.bytes;
    last = startup.kind;
    if (last === 'ssl-request' || last === 'gssenc-request') answers += 1;
  }
  return {
    name,
    startups,
    startupBytes: client.subarray(0, taken),
    frontend: client.subarray(taken),
    backend: server.subarray(answers),
  };
}

export const recordings: readonly Recording[] = readdirSync(folder)
  .filter((file) => file.endsWith('.hex'))
  .map((file) => loadRecording(file.slice(0, -'.hex'.length)));

/** Both directions of all recordings, empty ones left out. */
export const directions: readonly { name: string; side: Side; bytes: Buffer }[] =
  recordings.flatMap(({ name, frontend, backend }) =>
    [
      { name: `${name} >`, side: 'frontend' as const, bytes: frontend },
      { name: `${name} <`, side: 'backend' as const, bytes: backend },
    ].filter(({ bytes }) => bytes.length > 0),
  );

export interface PasswordVerifier {
  readonly password: string;
  readonly verifier: string;
}

export function loadVerifiers(): readonly PasswordVerifier[] {
  const text = readFileSync(new URL('scram-verifiers.json', folder), 'utf8');
  return JSON.parse(text) as PasswordVerifier[];
}
