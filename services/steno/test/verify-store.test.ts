import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { leafHash } from '@steno/sessions';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../src/verify/findings.js';
import { VerifiedDirectory } from './verified-directory.js';

// What somebody may do to ClickHouse, each by itself, the log as it was.

let directory: VerifiedDirectory;
let whole: string;
let other: string;
let running: string;

beforeAll(async () => {
  directory = await VerifiedDirectory.make();
  const { sessions } = directory;
  [whole, other, running] = [sessions.whole.name, sessions.other.name, sessions.running.name];
});
beforeEach(() => directory.restore());
afterAll(() => directory.remove());

type Said = Partial<Finding>;

/** Verdict and findings, without what they say in words. */
async function found(): Promise<{ verdict: string; findings: Said[] }> {
  const { verdict, findings } = await directory.verify();
  const short = findings.map(({ kind, copy, stream, position, count }) => {
    return { kind, copy, stream, position, count };
  });
  return { verdict, findings: short };
}

const at = (kind: Finding['kind'], stream: string | null, position: number | null, count = 1) => ({
  kind,
  copy: 'store' as Finding['copy'],
  stream,
  position,
  count,
});

const update = (set: string, stream: string, position: number) =>
  directory.run(
    `ALTER TABLE steno.events UPDATE ${set}
      WHERE stream = {stream:String} AND position = {position:UInt64}`,
    { stream, position },
  );

const remove = (table: string, where: string, parameters: Record<string, unknown>) =>
  directory.run(`ALTER TABLE steno.${table} DELETE WHERE ${where}`, parameters);

/** Puts a row in again, with other columns. */
const insert = (replace: string, stream: string, position: number) =>
  directory.run(
    `INSERT INTO steno.events SELECT * REPLACE (${replace}) FROM (
      SELECT * FROM pristine.events
      WHERE stream = {stream:String} AND position = {position:UInt64})`,
    { stream, position },
  );

const move = async (replace: string, stream: string, position: number) => {
  const where = 'stream = {stream:String} AND position = {position:UInt64}';
  await remove('events', where, { stream, position });
  await insert(replace, stream, position);
};

interface Row {
  readonly position: number;
  readonly raw: string;
}

const rawOf = async (stream: string) =>
  (
    await directory.rows<Row>(
      `SELECT toUInt32(position) AS position, base64Encode(raw) AS raw FROM pristine.events
        WHERE stream = {stream:String} ORDER BY position`,
      { stream },
    )
  ).map(({ position, raw }) => ({ position, raw: Buffer.from(raw, 'base64') }));

/** The events of a stream from a position on, changed there and chained anew. */
async function rechained(stream: string, from: number, change: (envelope: Envelope) => void) {
  let previous: string | undefined;
  const made: { position: number; hex: string }[] = [];
  for (const { position, raw } of await rawOf(stream)) {
    if (position < from) continue;
    const envelope = fromBinary(EnvelopeSchema, raw);
    if (previous === undefined) change(envelope);
    else envelope.previous = Buffer.from(previous, 'hex');
    const bytes = toBinary(EnvelopeSchema, envelope);
    previous = leafHash(bytes);
    made.push({ position, hex: Buffer.from(bytes).toString('hex') });
  }
  return made;
}

/** Puts them in the place of the rows; the first is slower than it was. */
const rewrite = (stream: string, made: readonly { position: number; hex: string }[]) => {
  const updates = made.map(({ position, hex }, index) => {
    const set = `raw = unhex('${hex}')${index === 0 ? ', duration_ns = 7' : ''}`;
    return `UPDATE ${set} WHERE stream = '${stream}' AND position = ${position}`;
  });
  return directory.run(`ALTER TABLE steno.events ${updates.join(', ')}`);
};

const FLIPPED =
  'concat(substring(raw, 1, length(raw) - 1), char(bitXor(ascii(substring(raw, -1)), 1)))';

describe('a row of events', () => {
  it('with another byte in raw', async () => {
    await update(`raw = ${FLIPPED}`, whole, 2);
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('changed', whole, 2)] });
  });

  it('with another plain column, whichever it is', async () => {
    const changes = [
      "session_id = 'x'",
      "type = 'gap'",
      'version = 2',
      "identity = 'x'",
      "target = 'x'",
      "instance = 'x'",
      "boot = 'x'",
      'emitted = emitted + 1',
      'occurred_at = occurred_at + toIntervalNanosecond(1)',
      "kind = 'x'",
      'command = command + 1',
      "status = 'x'",
      "error_code = '00000'",
      'rows = rows + 1',
      'bytes = bytes + 1',
      'duration_ns = duration_ns + 1',
      "topic = 'activity'",
      'log_partition = 1',
      "decision = 'deny'",
      'masked = masked + 1',
      'redacted = redacted + 1',
    ];
    const updates = changes.map((set, index) => {
      const [stream, position] = index < 17 ? [whole, index] : [other, index - 16];
      return `UPDATE ${set} WHERE stream = '${stream}' AND position = ${position}`;
    });
    await directory.run(`ALTER TABLE steno.events ${updates.join(', ')}`);
    const moved = ["tenant = 'x'", 'log_offset = log_offset + 1', 'log_index = log_index + 7'];
    for (const [position, set] of moved.entries()) {
      const [column = '', value = ''] = set.split(' = ');
      await move(`${value} AS ${column}`, other, position + 6);
    }
    await move('recorded_at + toIntervalNanosecond(1) AS recorded_at', other, 9);
    const { verdict, findings } = await directory.verify();
    expect(verdict).toBe('changed');
    const rows = findings.filter(({ kind }) => kind === 'changed');
    expect(rows.map(({ stream, copy }) => [stream, copy])).toEqual(
      expect.arrayContaining([
        [whole, 'store'],
        [other, 'store'],
      ]),
    );
    const sum = rows.reduce((count, finding) => count + finding.count, 0);
    expect(sum).toBeGreaterThanOrEqual(changes.length + moved.length + 1);
    expect(findings.filter(({ kind }) => kind === 'missing')).toEqual([]);
  });

  it('under another position', async () => {
    await move('toUInt64(40) AS position', whole, 5);
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('changed', whole, 40)] });
  });

  it('that is dropped', async () => {
    await remove('events', 'stream = {whole:String} AND position = 4', { whole });
    expect(await found()).toEqual({ verdict: 'gaps', findings: [at('missing', whole, 4)] });
  });

  it('that is there twice', async () => {
    await insert('raw AS raw', whole, 4);
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('repeated', whole, 4)] });
  });

  it('swapped with another one, alone or with all but its place in the log', async () => {
    const [a, b] = (await rawOf(whole)).filter(({ position }) => [2, 16].includes(position));
    await update(`raw = unhex('${b?.raw.toString('hex')}')`, whole, 2);
    await update(`raw = unhex('${a?.raw.toString('hex')}')`, whole, 16);
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('changed', whole, 2, 2)] });
    await directory.restore();
    const places = await directory.rows<{ o: string; i: number }>(
      `SELECT toString(log_offset) AS o, log_index AS i FROM pristine.events
        WHERE stream = {whole:String} AND position IN (2, 16) ORDER BY position`,
      { whole },
    );
    await update(`log_offset = ${places[1]?.o}, log_index = ${places[1]?.i}`, whole, 2);
    await update(`log_offset = ${places[0]?.o}, log_index = ${places[0]?.i}`, whole, 16);
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('changed', whole, 2, 2)] });
  });

  it('spliced into another session, as it is or re-encoded', async () => {
    const name = `'${running}' AS stream, '${running.slice(8)}' AS session_id`;
    await insert(`${name}, toUInt64(14) AS position`, whole, 4);
    const first = await found();
    expect(first.verdict).toBe('changed');
    expect(first.findings).toContainEqual(at('changed', running, 14));
    await directory.restore();
    const head = (await rawOf(running)).at(-1);
    const [event] = await rechained(whole, 4, (envelope) => {
      envelope.stream = running;
      envelope.position = BigInt((head?.position ?? 0) + 1);
      envelope.previous = Buffer.from(leafHash(head?.raw ?? Buffer.alloc(0)), 'hex');
    });
    const next = (head?.position ?? 0) + 1;
    await insert(`${name}, toUInt64(${next}) AS position, unhex('${event?.hex}') AS raw`, whole, 4);
    const second = await found();
    expect(second.verdict).toBe('changed');
    expect(second.findings).toContainEqual(at('added', running, next));
  });

  it('beyond the end of the log', async () => {
    const places = 'log_offset + 100000 AS log_offset';
    await insert(`${places}, toUInt64(99) AS position`, whole, 4);
    const { verdict, findings } = await found();
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(at('changed', whole, 99));
  });
});

describe('a session', () => {
  it('whose tail is cut', async () => {
    await remove('events', 'stream = {whole:String} AND position >= 14', { whole });
    expect(await found()).toEqual({ verdict: 'gaps', findings: [at('missing', whole, 14, 4)] });
  });

  it('that is deleted, with all that belongs to it', async () => {
    const session = whole.slice(8);
    for (const table of ['events', 'content', 'sessions']) {
      await remove(table, 'session_id = {session:String}', { session });
    }
    const { verdict, findings } = await found();
    expect(verdict).toBe('gaps');
    expect(findings).toContainEqual(at('missing', whole, 0, 18));
    expect(findings.every(({ stream }) => stream === whole)).toBe(true);
  });

  it('that is re-chained after a change', async () => {
    const made = await rechained(other, 4, (envelope) => {
      if (envelope.facts.case === 'responseCompleted') envelope.facts.value.durationNs = 7n;
    });
    await rewrite(other, made);
    const { verdict, findings } = await directory.verify();
    expect(verdict).toBe('changed');
    expect(findings).toEqual([
      expect.objectContaining({
        kind: 'changed',
        copy: 'both',
        stream: other,
        position: 4,
        count: made.length,
        detail: expect.stringContaining('re-chained'),
      }),
    ]);
  });

  it('that is re-chained below where a heartbeat saw it', async () => {
    const made = await rechained(running, 4, (envelope) => {
      if (envelope.facts.case === 'responseCompleted') envelope.facts.value.durationNs = 7n;
    });
    await rewrite(running, made);
    const all = at('changed', running, 4, made.length);
    expect(await found()).toEqual({ verdict: 'changed', findings: [all] });
  });

  it('whose totals are changed, gone, or of nothing', async () => {
    const where = { session: whole.slice(8) };
    await directory.run(
      'ALTER TABLE steno.sessions UPDATE errors = 0 WHERE session_id = {session:String}',
      where,
    );
    await remove('sessions', 'session_id = {session:String}', { session: other.slice(8) });
    await directory.run(
      "INSERT INTO steno.sessions SELECT * REPLACE ('x' AS session_id) FROM pristine.sessions",
    );
    const { verdict, findings } = await directory.verify();
    expect(verdict).toBe('changed');
    expect(findings).toEqual([
      expect.objectContaining({
        ...at('changed', whole, null),
        detail: 'session totals: errors says "0", events say "1"',
      }),
      expect.objectContaining(at('added', 'session/x', null)),
      expect.objectContaining(at('missing', other, null)),
    ]);
  });

  it('that is said to be forked', async () => {
    await directory.run(
      `INSERT INTO steno.forks (tenant, stream, position, log_partition, log_offset, log_index, raw)
        SELECT tenant, stream, position, log_partition, log_offset, log_index, 'x'
        FROM pristine.events WHERE stream = {whole:String} AND position = 3`,
      { whole },
    );
    const { verdict, findings } = await found();
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(at('added', whole, 3));
  });
});

describe('content', () => {
  const content = (set: string, where: string) =>
    directory.run(`ALTER TABLE steno.content UPDATE ${set} WHERE ${where}`, { whole });
  const here = (position: number) => `stream = {whole:String} AND position = ${position}`;

  it('with another byte, kind or owner', async () => {
    await content("bytes = 'select 7'", here(1));
    await content("kind = 'notice'", here(2));
    await content("session_id = 'x'", here(4));
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('changed', whole, 1, 3)] });
  });

  it('with another byte in a part of a long one', async () => {
    await content("bytes = concat('y', substring(bytes, 2))", `${here(5)} AND part = 2`);
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('changed', whole, 5)] });
  });

  it('that is dropped, or a part of it', async () => {
    await remove('content', here(1), { whole });
    await remove('content', `${here(5)} AND part = 3`, { whole });
    expect(await found()).toEqual({ verdict: 'gaps', findings: [at('missing', whole, 1, 2)] });
  });

  it('that is added', async () => {
    await directory.run(
      `INSERT INTO steno.content SELECT * REPLACE (toUInt32(9) AS idx, 'x' AS bytes)
        FROM pristine.content WHERE ${here(1)}`,
      { whole },
    );
    expect(await found()).toEqual({ verdict: 'changed', findings: [at('added', whole, 1)] });
  });

  it('that has expired is missed by nobody', async () => {
    await remove('content', here(1), { whole });
    const report = await directory.verify(undefined, { nowMs: Date.now() + 90 * 86_400_000 });
    expect(report).toMatchObject({ verdict: 'whole', counts: { expiredContent: 1 } });
  });
});
