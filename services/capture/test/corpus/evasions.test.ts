import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '@steno/policy/testing';
import { readCatalog } from '../../src/protocols/postgres/catalog-reader.js';
import type { ReadCatalog } from '../../src/protocols/postgres/catalog-reader.js';
import { RawClient, errorOf } from '../raw-client.js';
import { BACKEND_PASSWORD, Rig, sourceAt, startTarget, targetAt } from '../rig.js';
import type { TestTarget } from '../rig.js';
import { evasionsIn, readsSecret } from './evasion.js';
import type { Evasion } from './evasion.js';
import { changesBetween, RESTLESS } from './fingerprint.js';
import { connect, FAR, openFolder, Watched, Workplace } from './world.js';
import type { Fresh } from './world.js';

const SHIPPED = new URL('../../../../deploy/policies/read-only.cedar', import.meta.url);
const here = (path: string) => new URL(path, import.meta.url);
/** What a case may be that is none. */
const HARMLESS = /^(?:select|show|explain|declare|fetch|close|copy-to|set|reset|transaction| )*$/;

const WORLDS = ['plain', 'json', 'implicit', 'comparing', 'beside', 'extended'];

let target: TestTarget;
let rig: Rig;
let admin: pg.Client;
const folder = await openFolder();
const fill = (text: string) => {
  return text.replaceAll('{files}', folder.path).replaceAll('{port}', String(target.port));
};
const evasionsOf = (world: string) => evasionsIn(here(`evasions/${world}/`), fill);
const watch = (database: string) => {
  return Watched.begin(target, database, { far: admin, files: folder.path });
};

beforeAll(async () => {
  target = await startTarget({
    auth: 'password',
    settings: {
      autovacuum: 'off',
      wal_level: 'logical',
      max_prepared_transactions: '10',
      archive_mode: 'off',
      bgwriter_lru_maxpages: '0',
      checkpoint_timeout: '1d',
    },
  });
  admin = await connect(target, 'postgres');
  await admin.query(FAR);
  for (const world of WORLDS) await makeTemplate(world);
  const policy = { name: 'read-only.cedar', text: await readFile(SHIPPED, 'utf8') };
  const targets = WORLDS.map((world) => {
    return targetAt(target, { name: world, database: guardedOf(world) });
  });
  rig = await Rig.start({ targets, policies: [policy] });
});
afterAll(async () => {
  await rig.stop();
  await admin.end();
  await target.remove();
  await folder.remove();
});

const templateOf = (world: string) => `world_${world}`;
const guardedOf = (world: string) => `guarded_${world}`;

/** A database to copy, and the copy that lies behind the gateway. */
async function makeTemplate(world: string): Promise<void> {
  await admin.query(`CREATE DATABASE ${templateOf(world)}`);
  const maker = await connect(target, templateOf(world));
  for (const file of ['base', world]) {
    const text = await readFile(here(`worlds/${file}.sql`), 'utf8');
    await maker.query(fill(text));
  }
  await maker.end();
  await admin.query(`CREATE DATABASE ${guardedOf(world)} TEMPLATE ${templateOf(world)}`);
}

function loginTo(database: string) {
  const { host, port, username: user } = target;
  return { host, port, user, database, password: BACKEND_PASSWORD };
}

/** What a case changes of a database, and what it is told. */
async function observed({ watched, before }: Fresh, evasion: Evasion, client: RawClient) {
  const answer = await evasion.run(client, watched.database);
  const changed = changesBetween(before, await watched.look());
  client.destroy();
  const effects = readsSecret(answer) ? [...changed, 'secret'] : changed;
  const errors = answer.filter(({ type }) => type === 'E').map(errorOf);
  return { effects, errors };
}

describe.each(WORLDS)('in the world %s', (world) => {
  let workplace: Workplace;
  let guarded: Watched;
  let read: ReadCatalog;
  beforeAll(async () => {
    workplace = new Workplace(admin, templateOf(world), watch);
    guarded = await watch(guardedOf(world));
    read = await readCatalog(sourceAt(targetAt(target, { database: guardedOf(world) })), 10_000);
  });
  afterAll(async () => {
    await workplace.end();
    await guarded.end();
  });

  describe.each(evasionsOf(world))('$name', (evasion) => {
    const { effect, facts, texts, undo } = evasion;

    it('is one', async () => {
      const fresh = await workplace.fresh();
      const client = await RawClient.login(loginTo(fresh.watched.database));
      const { effects, errors } = await observed(fresh, evasion, client);
      if (undo !== '') await fresh.watched.undo(undo);
      expect(effects, JSON.stringify(errors)).toContain(effect);
    });

    it('does not get through', async () => {
      const client = await RawClient.login(await rig.login('ci/evader', world));
      const fresh = { watched: guarded, before: await guarded.look() };
      const { effects, errors } = await observed(fresh, evasion, client);
      expect(errors.map(({ message }) => message).join()).toContain('denied by a policy');
      expect(errors.map(({ sqlstate }) => sqlstate)).toContain('42501');
      expect(effects.filter((each) => !RESTLESS.has(each))).toEqual([]);
    });

    it('is seen for what it is', () => {
      expect(facts).not.toMatch(HARMLESS);
      expect(factsOf(texts.join(';\n'), read)).toBe(facts);
    });
  });
});
