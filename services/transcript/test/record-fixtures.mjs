// Records fixtures/ from a real server and its psql, once:
//   PGHOST=127.0.0.1 PGPORT=5432 PGUSER=postgres PGDATABASE=postgres node test/record-fixtures.mjs
// The server must let the user in without a password; UTF8, psql in PATH. It uses a schema of its
// own and drops it. The tests themselves need neither.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { statements, values } from './recorded-statements.mjs';

const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = 'postgres' } = process.env;
const { PGDATABASE = 'postgres' } = process.env;
const settings = "SET TimeZone='UTC'; SET client_min_messages=notice;";
const schema = 'transcript_fixtures';

/** @param {string} type @param {Buffer[]} parts */
function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
}

const text = (/** @type {string} */ value) => Buffer.from(`${value}\0`);

/** @param {number[]} values */
function int16s(...values) {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeInt16BE(value, index * 2));
  return bytes;
}

/** Speaks just enough of the protocol to see every message of a response. */
class Client {
  #socket = connect(Number(PGPORT), PGHOST);
  #bytes = Buffer.alloc(0);
  /** @type {(() => void) | undefined} */
  #wake = undefined;

  async open() {
    this.#socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    const startup = [text('user'), text(PGUSER), text('database'), text(PGDATABASE)];
    const encoding = [text('client_encoding'), text('UTF8')];
    const packet = message('?', Buffer.from([0, 3, 0, 0]), ...startup, ...encoding, Buffer.of(0));
    await this.ask(packet.subarray(1));
  }

  /** Sends, and gives all messages up to ReadyForQuery. @param {Buffer} bytes */
  async ask(bytes) {
    this.#socket.write(bytes);
    /** @type {{ type: string, body: Buffer, whole: Buffer }[]} */
    const messages = [];
    for (;;) {
      const length = this.#bytes.length < 5 ? Infinity : this.#bytes.readInt32BE(1) + 1;
      if (this.#bytes.length < length) {
        await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
        continue;
      }
      const whole = this.#bytes.subarray(0, length);
      this.#bytes = this.#bytes.subarray(length);
      const type = whole.toString('latin1', 0, 1);
      messages.push({ type, body: whole.subarray(5), whole });
      if (type === 'Z') return messages;
    }
  }

  query(/** @type {string} */ sql) {
    return this.ask(message('Q', text(sql)));
  }

  /** One value in the binary format. @param {string} sql */
  async value(sql, format = 1) {
    const messages = await this.ask(
      Buffer.concat([
        message('P', text(''), text(sql), int16s(0)),
        message('B', text(''), text(''), int16s(0, 0, 1, format)),
        message('D', Buffer.from('P'), text('')),
        message('E', text(''), Buffer.alloc(4)),
        message('S'),
      ]),
    );
    const failed = messages.find(({ type }) => type === 'E');
    if (failed !== undefined) throw new Error(`${sql}: ${failed.body.toString()}`);
    const row = messages.find(({ type }) => type === 'D')?.body ?? Buffer.alloc(6);
    const columns = messages.find(({ type }) => type === 'T')?.body ?? Buffer.alloc(0);
    const oid = columns.readUInt32BE(columns.indexOf(0, 2) + 7);
    return { oid, bytes: row.readInt32BE(2) === -1 ? undefined : row.subarray(6) };
  }

  close() {
    this.#socket.end(message('X'));
  }
}

/** @param {string[]} args */
function psql(args) {
  const started = [`SET search_path=${schema}`, settings].flatMap((sql) => ['-c', sql]);
  const { stdout, status } = spawnSync(
    'sh',
    ['-c', 'exec psql "$@" 2>&1', 'psql', '-X'].concat([
      '-P',
      'pager=off',
      ...started,
      '-c',
      '\\echo =====',
      ...args,
    ]),
    { encoding: 'utf8', env: { ...process.env, PGCLIENTENCODING: 'UTF8' } },
  );
  if (status === 127) throw new Error('psql is not in PATH');
  return stdout.split('=====\n').slice(1);
}

const reset = `DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`;

async function recordStatements(/** @type {Client} */ client) {
  await client.query(`SET client_min_messages=error; ${reset}; ${settings}`);
  await client.query(`SET search_path=${schema}`);
  const recorded = [];
  for (const { sql } of statements) {
    const messages = await client.query(sql);
    const hex = (/** @type {string} */ types) =>
      messages.filter(({ type }) => types.includes(type));
    recorded.push({
      output: Buffer.concat(hex('THDd').map(({ whole }) => whole)).toString('base64'),
      tags: hex('C').map(({ body }) => body.toString('utf8', 0, body.length - 1)),
      errors: hex('E').map(({ body }) => body.toString('base64')),
      notices: hex('N').map(({ body }) => body.toString('base64')),
    });
  }
  await client.query(`ROLLBACK; SET client_min_messages=error; ${reset}`);
  const args = statements.flatMap(({ sql, fetchCount = 0 }) => [
    '-c',
    `\\set FETCH_COUNT ${fetchCount}`,
    '-c',
    sql,
    '-c',
    '\\echo =====',
  ]);
  const shown = psql(args);
  return statements.map((statement, index) => {
    return { sql: statement.sql, ...recorded[index], psql: shown[index] };
  });
}

async function recordValues(/** @type {Client} */ client) {
  const recorded = [];
  for (const sql of values) {
    const binary = await client.value(`SELECT ${sql}`);
    const asText = await client.value(`SELECT ${sql}`, 0);
    recorded.push({
      sql,
      oid: binary.oid,
      binary: binary.bytes?.toString('hex'),
      text: asText.bytes?.toString('utf8'),
    });
  }
  return recorded;
}

/** @param {string} name @param {unknown} content */
function save(name, content) {
  const url = new URL(`../fixtures/${name}`, import.meta.url);
  writeFileSync(url, `${JSON.stringify(content, null, 2)}\n`);
}

const client = new Client();
await client.open();
save('psql.json', await recordStatements(client));
save('binary-values.json', await recordValues(client));
await client.query(`DROP SCHEMA ${schema} CASCADE`);
client.close();
