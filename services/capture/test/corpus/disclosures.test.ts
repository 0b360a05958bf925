import { encodeExecute, encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNC, bind, describePortal, parse } from '../messages.js';
import { RawClient, letters } from '../raw-client.js';
import type { ServerMessage } from '../raw-client.js';
import { RecordedSession } from '../recorded-session.js';
import { BACKEND_PASSWORD, Rig, startTarget, targetAt } from '../rig.js';
import type { TestTarget } from '../rig.js';
import { casesOf } from './case-files.js';
import { connect } from './world.js';

/** In any case of letters. */
const PLANTED = /topsecretplanted|hunterplanted|4711081|ann@planted\.org/i;
const WORLD = `
CREATE TABLE people (id int PRIMARY KEY, email text, password text, secret text, pay int);
INSERT INTO people VALUES (1, 'ann@planted.org', 'hunterplanted', 'topsecretplanted', 4711081);
CREATE TABLE others (id int PRIMARY KEY, x text);
INSERT INTO others VALUES (1, 'x');
CREATE VIEW renamed AS SELECT id, secret AS s FROM people;
CREATE MATERIALIZED VIEW kept AS SELECT id, secret AS s FROM people;
CREATE VIEW taken AS SELECT f FROM people, upper(secret) f;
CREATE TABLE notes (note text, year int) PARTITION BY LIST (year);
CREATE TABLE notes_of_one PARTITION OF notes FOR VALUES IN (1);
INSERT INTO notes VALUES ('topsecretplanted', 1);
CREATE TABLE elders (word text);
CREATE TABLE heirs () INHERITS (elders);
INSERT INTO heirs VALUES ('topsecretplanted');
CREATE FUNCTION reveal(int) RETURNS text LANGUAGE sql AS 'SELECT secret FROM people WHERE id = $1';
CREATE FUNCTION unlock(int) RETURNS text LANGUAGE plpgsql AS
  $$ DECLARE found text; BEGIN SELECT password INTO found FROM people WHERE id = $1;
  RETURN found; END $$;
CREATE FUNCTION word_of(others) RETURNS text LANGUAGE sql AS 'SELECT reveal($1.id)';
CREATE VIEW revealed AS SELECT reveal(id) AS r FROM others;
-- Values that the planner keeps are of more than one row.
CREATE TABLE known AS SELECT 'topsecretplanted' || g AS secret FROM generate_series(1, 9) g;
ANALYZE known;`;
const POLICY = `
@id("masks")
@mask("types=all columns=people.secret,people.pay,notes.note,elders.word")
permit (principal, action, resource);`;

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget({ auth: 'password' });
  const admin = await connect(target, 'postgres');
  await admin.query(WORLD);
  await admin.end();
  rig = await Rig.start({
    targets: [targetAt(target)],
    policies: [{ name: 'masks.cedar', text: POLICY }],
  });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

/** All that the target says to the texts, which change nothing for good. */
async function said(client: RawClient, texts: readonly string[]): Promise<ServerMessage[]> {
  const answers = await client.ask(encodeQuery('BEGIN'));
  for (const text of texts) answers.push(...(await client.ask(encodeQuery(text))));
  return answers;
}

const tells = (messages: readonly ServerMessage[]) => {
  return messages.some(({ body }) => PLANTED.test(body.toString('latin1')));
};

describe.each(casesOf(new URL('disclosures/', import.meta.url)))('$file: $name', ({ texts }) => {
  it('tells what is masked', async () => {
    const { host, port, username: user } = target;
    const login = { host, port, user, database: 'postgres', password: BACKEND_PASSWORD };
    const client = await RawClient.login(login);
    expect(tells(await said(client, texts))).toBe(true);
    client.close();
  });

  it('does so to nobody behind the gateway, and not to the record', async () => {
    const session = await RecordedSession.begin(rig);
    expect(tells(await said(session.client, texts))).toBe(false);
    const { events } = await session.finish();
    const kept = events.flatMap(({ contents }) => contents.map(({ bytes }) => bytes));
    expect(kept.filter((bytes) => PLANTED.test(bytes.toString('latin1')))).toEqual([]);
  });
});

describe('a name that is given anew by SQL', () => {
  const given = "SELECT 'x' AS q";
  const taken = 'SELECT upper(secret) AS q FROM people';
  it.each([
    ['of a statement', `DEALLOCATE s; PREPARE s AS ${taken}`, ''],
    ['of a portal', `CLOSE p; DECLARE p CURSOR FOR ${taken}`, 'p'],
  ])('is not taken for what it was: %s', async (_of, sql, portal) => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(encodeQuery('BEGIN'));
    await client.ask(parse(given, 's'), bind([], { statement: 's', portal: 'p' }), SYNC);
    await client.ask(encodeQuery(sql));
    const again = portal === '' ? [bind([], { statement: 's' })] : [];
    const rows = await client.ask(...again, describePortal(portal), encodeExecute(portal, 0), SYNC);
    expect(letters(rows)).toContain('TDC');
    expect(tells(rows)).toBe(false);
    await session.finish();
  });
});
