import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestTarget } from '../rig.js';
import { BACKEND_PASSWORD } from '../rig.js';
import { changesBetween, fingerprintOf, RESTLESS } from './fingerprint.js';
import type { Fingerprint } from './fingerprint.js';

/** Stands in a file of the target's machine, and nowhere else. */
export const SECRET = 'planted-secret';
const SECRET_FILE = 'secret.txt';

/** In another database of the same server. */
export const FAR = `
CREATE TABLE far_journal (note text);
CREATE FUNCTION far_mark() RETURNS int LANGUAGE sql AS
  'INSERT INTO public.far_journal VALUES (''far'') RETURNING 1';
CREATE VIEW far_trap AS SELECT far_mark() AS id;`;
const COUNT_FAR = 'SELECT count(*)::text AS marks FROM far_journal';

/** A folder that the target's server may write to. */
export async function openFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'steno-corpus-'));
  await chmod(path, 0o777);
  await writeFile(join(path, SECRET_FILE), SECRET);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

async function emptyFolder(path: string): Promise<void> {
  for (const name of await readdir(path)) if (name !== SECRET_FILE) await rm(join(path, name));
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
    private readonly far: pg.Client,
    private readonly files: string,
  ) {}

  /** `far`: looks into another database, `files` is the folder that cases write to. */
  static async begin(
    target: TestTarget,
    database: string,
    { far, files }: { far: pg.Client; files: string },
  ): Promise<Watched> {
    const watch = await connect(target, database);
    const bystander = await connect(target, database, 'bystander');
    const watched = new Watched(database, watch, bystander, far, files);
    watch.on('notification', ({ channel }) => watched.heard.push(channel));
    await watch.query('LISTEN news');
    // Left by somebody for whoever commits it.
    await bystander.query(`BEGIN; INSERT INTO journal (note) VALUES ('left');
      PREPARE TRANSACTION 'left ${database}'`);
    return watched;
  }

  async look(): Promise<Fingerprint> {
    const seen = await fingerprintOf(this.watch, this.files);
    const { rows } = await this.far.query<{ marks: string }>(COUNT_FAR);
    const others = { notifications: this.heard.join(' '), far: rows[0]?.marks ?? '' };
    return new Map([...seen, ...Object.entries(others)]);
  }

  async undo(text: string): Promise<void> {
    await this.watch.query(text);
  }

  async tidied(text: string): Promise<Fingerprint> {
    this.heard.length = 0;
    await emptyFolder(this.files);
    // Where a case has taken a table away there is nothing to tidy.
    await this.watch.query(text).catch(() => undefined);
    return this.look();
  }

  async end(): Promise<void> {
    const left = `ROLLBACK PREPARED 'left ${this.database}'`;
    await this.watch.query(left).catch(() => undefined);
    await Promise.allSettled([this.watch.end(), this.bystander.end()]);
  }
}

/** What most cases change, as it was before. */
const TIDY = `
DELETE FROM parts; DELETE FROM things; DELETE FROM journal;
INSERT INTO things (id, name, price) SELECT g, 'thing ' || g, g * 1.5 FROM generate_series(1, 5) g;
INSERT INTO parts VALUES (1, 1), (2, 1), (3, 2);`;

/** A database, and how it looks. */
export interface Fresh {
  readonly watched: Watched;
  readonly before: Fingerprint;
}

/** A database as its template is: tidied where that is enough, else another one. */
export class Workplace {
  private count = 0;
  private next: Promise<Watched>;
  private current: { readonly watched: Watched; readonly fresh: Fingerprint } | undefined;

  constructor(
    private readonly admin: pg.Client,
    private readonly template: string,
    private readonly watch: (database: string) => Promise<Watched>,
  ) {
    this.next = this.make();
  }

  async fresh(): Promise<Fresh> {
    const { current } = this;
    if (current !== undefined) {
      const { watched, fresh } = current;
      const before = await watched.tidied(TIDY);
      const changed = changesBetween(fresh, before);
      if (changed.every((part) => RESTLESS.has(part))) return { watched, before };
      await watched.end();
      await this.admin.query(`DROP DATABASE IF EXISTS ${watched.database} WITH (FORCE)`);
    }
    const watched = await this.next;
    this.next = this.make();
    const before = await watched.tidied(TIDY);
    this.current = { watched, fresh: before };
    return { watched, before };
  }

  private async make(): Promise<Watched> {
    this.count += 1;
    const name = `${this.template}_${this.count}`;
    await this.admin.query(`CREATE DATABASE ${name} TEMPLATE ${this.template}`);
    return this.watch(name);
  }

  async end(): Promise<void> {
    await (await this.next).end();
    await this.current?.watched.end();
  }
}
