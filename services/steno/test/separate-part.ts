import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import type { EmbeddedStore } from '@steno/event-store';
import { until } from './processes.js';
import { STENO } from './running-up.js';
import type { Ended } from './running-up.js';

const TIMEOUT_MS = 60_000;

interface Installation {
  readonly kafka: Pick<EmbeddedKafka, 'brokers'>;
  readonly store?: Pick<EmbeddedStore, 'url' | 'username'>;
  /** Path of the keys that all parts share. */
  readonly keys: string;
}

/** A folder of one part with the steno.yaml that all have: what it refers to lies beside it. */
export function partFolder(folder: string, { kafka, store, keys }: Installation): string {
  mkdirSync(folder, { recursive: true });
  const { url = 'http://127.0.0.1:9', username = 'nobody' } = store ?? {};
  const text = `data: ./data
keys: { root: ${keys} }
log: { kafka: { brokers: ['${kafka.brokers.join("', '")}'] } }
store: { url: '${url}', username: ${username}, password: 'file:store-password' }
admin: { listen: 127.0.0.1:0 }
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0, tls: { cert: gateway.crt, key: gateway.key } } }
targets:
  - name: orders
    protocol: postgres
    address: 127.0.0.1:5432
    database: orders
    credential: { username: app, password: 'file:orders-password' }
    tls: { mode: disable }
`;
  writeFileSync(join(folder, 'steno.yaml'), text);
  return folder;
}

/** `steno capture`, `steno projector` or `steno api` as a process of its own. */
export class RunningPart {
  readonly exited: Promise<Ended>;
  readonly #process: ChildProcess;
  #out = '';
  err = '';

  constructor(part: string, folder: string) {
    const command = [STENO, part, '--config', 'steno.yaml', '--instance', `${part}-0`];
    this.#process = spawn(process.execPath, command, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.on('data', (some: Buffer) => (this.#out += some.toString()));
    this.#process.stderr?.on('data', (some: Buffer) => (this.err += some.toString()));
    this.exited = once(this.#process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  /** Its ready line. */
  async ready(): Promise<unknown> {
    const ended = this.exited.then(({ code }) => {
      throw new Error(`it ended with ${code}: ${this.err}`);
    });
    const line = until('it is ready', () => /^\{"ready".*\n/.exec(this.#out)?.[0], TIMEOUT_MS);
    return JSON.parse(await Promise.race([line, ended])) as unknown;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async stop(): Promise<Ended> {
    this.kill('SIGTERM');
    return this.exited;
  }
}
