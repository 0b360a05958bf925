import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestTarget } from '../rig.js';
import { BACKEND_PASSWORD } from '../rig.js';
import { fingerprintOf } from './fingerprint.js';
import type { Fingerprint } from './fingerprint.js';

/** Stands in a file of the target's machine, and nowhere else. */
export const SECRET = 'planted-secret';
const SECRET_FILE = 'secret.txt';

/** A folder that the target's server may write to. */
export async function openFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'steno-corpus-'));
  await chmod(path, 0o777);
  await writeFile(join(path, SECRET_FILE), SECRET);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function connect(target: TestTarget, database: string, name = 'test') {
  const { host, port, username: user } = target;
  const login = { host, port, user, password: BACKEND_PASSWORD, database };
  const client = new pg.Client({ ...login, application_name: name });
  // Some cases end the sessions of others.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A database with somebody who looks at it, and somebody who stands by. */
export class Watched {
  /** Channels on which something was said. */
  private readonly heard: string[] = [];

  private constructor(
    readonly database: string,
    private readonly watch: pg.Client,
    private readonly bystander: pg.Client,
    private readonly files: string,
  ) {}

  static async begin(target: TestTarget, database: string, files: string): Promise<Watched> {
    const watch = await connect(target, database);
    const bystander = await connect(target, database, 'bystander');
    const watched = new Watched(database, watch, bystander, files);
    watch.on('notification', ({ channel }) => watched.heard.push(channel));
    await watch.query('LISTEN news');
    return watched;
  }

  async look(): Promise<Fingerprint> {
    const seen = await fingerprintOf(this.watch, this.files);
    return new Map([...seen, ['notifications', this.heard.join(' ')]]);
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.watch.end(), this.bystander.end()]);
  }
}

/** Databases made from a template, the next one while the last is in use. */
export class Copies {
  private count = 0;
  private next: Promise<string>;

  constructor(
    private readonly admin: pg.Client,
    private readonly template: string,
  ) {
    this.next = this.make();
  }

  private async make(): Promise<string> {
    this.count += 1;
    const name = `${this.template}_${this.count}`;
    await this.admin.query(`CREATE DATABASE ${name} TEMPLATE ${this.template}`);
    return name;
  }

  take(): Promise<string> {
    const taken = this.next;
    this.next = taken.then(() => this.make());
    return taken;
  }

  async drop(name: string): Promise<void> {
    await this.admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  async settled(): Promise<void> {
    await this.next;
  }
}
