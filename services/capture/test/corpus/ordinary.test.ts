import { readFile, readdir } from 'node:fs/promises';
import { encodeQuery } from '@steno/wire-postgres';
import { factsOf } from '@steno/policy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalog } from '../../src/protocols/postgres/catalog-reader.js';
import type { ReadCatalog } from '../../src/protocols/postgres/catalog-reader.js';
import { EXECUTE, SYNC, bind, describePortal, parse } from '../messages.js';
import { RawClient, letters } from '../raw-client.js';
import { BACKEND_PASSWORD, Rig, sourceAt, startTarget, targetAt } from '../rig.js';
import type { TestTarget } from '../rig.js';
import { casesOf } from './case-files.js';
import { connect } from './world.js';

const here = (path: string) => new URL(path, import.meta.url);
const SHIPPED = here('../../../../deploy/policies/read-only.cedar');
/** What comes before a text that has parameters: their values. */
const VALUES = /^-- with: (.*)\n/;
const PREPARING = ['prepare', 'execute', 'deallocate'];
const SETTLING = ['set', 'reset', 'transaction'];
const KINDS = ['select', 'show', 'explain', 'declare', 'fetch', 'close', 'copy-to'];
const READING = new RegExp(`^(?:${[...KINDS, ...SETTLING, ...PREPARING, ' '].join('|')})*$`);

/** Statements that only read, one a paragraph. */
async function readingIn(file: string): Promise<readonly [string, string][]> {
  const text = await readFile(here(`ordinary/reading/${file}`), 'utf8');
  const paragraphs = text.split(/\n\n+/).map((each) => each.trim());
  return paragraphs
    .filter((each) => each !== '')
    .map((each) => [each.replace(VALUES, '').replace(/\s+/g, ' ').slice(0, 70), each]);
}

const files = await readdir(here('ordinary/reading/'));
const reading = await Promise.all(files.sort().map(readingIn));
const changing = casesOf(here('ordinary/changing/'));

let target: TestTarget;
let rig: Rig;
let read: ReadCatalog;
let direct: RawClient;
let guarded: RawClient;
beforeAll(async () => {
  target = await startTarget({ auth: 'password' });
  const maker = await connect(target, 'postgres');
  await maker.query(await readFile(here('worlds/ordinary.sql'), 'utf8'));
  await maker.query('VACUUM ANALYZE');
  await maker.end();
  const policies = [{ name: 'read-only.cedar', text: await readFile(SHIPPED, 'utf8') }];
  rig = await Rig.start({ targets: [targetAt(target)], policies });
  read = await readCatalog(sourceAt(targetAt(target)), 10_000);
  const { host, port, username: user } = target;
  const login = { host, port, user, database: 'postgres', password: BACKEND_PASSWORD };
  // As read-only.cedar has its sessions opened.
  direct = await RawClient.login(login, { settings: { default_transaction_read_only: 'on' } });
  guarded = await RawClient.login(await rig.login('ci/reader'));
});
afterAll(async () => {
  direct.close();
  guarded.close();
  await rig.stop();
  await target.remove();
});

/** All that a client is told. */
async function answer(client: RawClient, text: string) {
  const [, values] = VALUES.exec(text) ?? [];
  if (values === undefined) return client.ask(encodeQuery(text));
  const bound = values.split(',').map((value) => (value === 'NULL' ? null : value.trim()));
  const asked = [parse(text), bind(bound), describePortal(), EXECUTE, SYNC];
  return client.ask(...asked);
}

describe.each(files.map((file, index) => ({ file, statements: reading[index] ?? [] })))(
  'what $file reads',
  ({ statements }) => {
    it.each(statements)('%s', async (_name, text) => {
      const expected = await answer(direct, text);
      expect(letters(expected)).not.toContain('E');
      expect(await answer(guarded, text)).toEqual(expected);
      expect(factsOf(text, read)).toMatch(READING);
    });
  },
);

describe('what changes something is that, and no more', () => {
  it.each(changing)('$file: $name', ({ told, texts }) => {
    expect(factsOf(texts.join(';\n'), read)).toBe(told[0]);
  });

  it.each(changing)('and the target takes it: $file: $name', async ({ texts }) => {
    const client = await connect(target, 'postgres');
    await client.query('BEGIN');
    for (const text of texts) await client.query(text);
    await client.query('ROLLBACK');
    await client.end();
  });
});
