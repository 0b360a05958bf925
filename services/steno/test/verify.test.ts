import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { serveHolds, startProjector } from '@steno/projector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, steno } from './command-line.js';
import { TestBoot, TestClock, TestSession } from './recording.js';
import { VerifiedDirectory } from './verified-directory.js';

let directory: VerifiedDirectory;
let config: string;

beforeAll(async () => {
  directory = await VerifiedDirectory.make();
  config = join(directory.path, 'steno.yaml');
  writeFileSync(config, 'data: ./data\n');
});
afterAll(() => directory.remove());

const run = (verb: string, ...more: string[]) => steno([verb, '--config', config, ...more]);

/** What `steno up` leaves for others, for as long as the server of the test runs. */
const tellStore = () => {
  const { url, username, password } = directory.store;
  const text = JSON.stringify({ url, username, password, database: 'steno' });
  rmSync(directory.layout.storeFile, { force: true });
  writeFileSync(directory.layout.storeFile, text, { mode: 0o600 });
};

const contents = async () => {
  const hashes: string[] = [];
  const queries = [
    'SELECT * FROM steno.events ORDER BY tenant, stream, position, log_offset, log_index',
    'SELECT * FROM steno.content ORDER BY tenant, stream, position, idx, part, log_offset',
    `SELECT tenant, session_id, max(identity), max(target), max(protocol), max(source),
      min(started_at), max(last_at), max(closed), max(reason), max(last_position), sum(events),
      sum(gaps), sum(forks), sum(commands), sum(errors), sum(rows), sum(bytes)
      FROM steno.sessions GROUP BY tenant, session_id ORDER BY tenant, session_id`,
  ];
  for (const query of queries) {
    const rows = `SELECT
      lower(hex(SHA256(arrayStringConcat(groupArray(toString(tuple(*))), '\\n')))) AS hash,
      toUInt32(count()) AS count FROM (${query})`;
    const [row] = await directory.rows<{ hash: string; count: number }>(rows);
    expect(row?.count).toBeGreaterThan(0);
    hashes.push(row?.hash ?? '');
  }
  return hashes;
};

describe('verify', () => {
  it('finds a whole record whole, with a crash, an open session and repeats in it', async () => {
    const report = await directory.verify();
    expect(report).toMatchObject({
      verdict: 'whole',
      findings: [],
      counts: {
        sessions: { complete: 2, open: 1, failed: 1, gapped: 0 },
        duplicates: 15,
        lostWithProcess: 2,
        onTheirWay: 0,
      },
    });
    expect(report.counts.rows).toBe(report.counts.events);
    expect(report.counts.contentPieces).toBeGreaterThan(30);
  });

  it('says so on the command line, beside a running server', async () => {
    tellStore();
    const { code, out } = await run('verify');
    expect(code).toBe(0);
    expect(out).toContain('Whole');
    expect(out).toContain('4 sessions: 2 complete, 1 open, 1 failed, 0 gapped');
    expect(out).toMatch(/What this cannot see\n {2}An operator/);
    const json = await run('verify', '--json');
    expect(lines(json.out).at(-1)).toMatchObject({ verdict: 'whole', exit: 0, findings: 0 });
    expect(lines(json.out)).toHaveLength(1);
  });

  it('names what was changed and what is missing, and the change decides', async () => {
    tellStore();
    const { whole, other } = directory.sessions;
    await directory.run(
      "ALTER TABLE steno.events UPDATE identity = 'x' WHERE stream = {s:String} AND position = 3",
      { s: whole.name },
    );
    await directory.run(
      'ALTER TABLE steno.events DELETE WHERE stream = {s:String} AND position = 2',
      { s: other.name },
    );
    const { code, out } = await run('verify', '--json');
    const people = await run('verify');
    await directory.restore();
    expect(code).toBe(1);
    expect(lines(out)).toMatchObject([
      { kind: 'changed', copy: 'store', topic: 'data', stream: whole.name, position: 3 },
      { kind: 'missing', copy: 'store', topic: 'data', stream: other.name, position: 2 },
      { verdict: 'changed', exit: 1, findings: 2 },
    ]);
    expect(people.code).toBe(1);
    expect(people.out).toContain(
      `changed · ClickHouse · ${whole.name} position 3: ` +
        'column identity says "x", raw says "ci/deploy"',
    );
  });

  it('exits 2 where a session says itself that events are missing', async () => {
    const folder = directory.changedLog(() => undefined);
    const log = new EmbeddedLog({ directory: folder, readOnly: false });
    const clock = new TestClock(BigInt(Date.now() - 3_600_000) * 1_000_000n);
    const boot = new TestBoot(log, directory.keys, clock, 'capture');
    const session = new TestSession(boot);
    session.gap();
    session.close('client-closed');
    boot.stopped();
    await boot.commit();
    await log.close();
    await directory.project(folder);
    const report = await directory.verify(folder);
    await directory.restore();
    expect(report.findings).toMatchObject([{ kind: 'missing', stream: session.name, position: 3 }]);
    expect(report.verdict).toBe('gaps');
  });

  it('waits a minute for an event to get into ClickHouse, and no longer', async () => {
    const folder = directory.changedLog(() => undefined);
    const log = new EmbeddedLog({ directory: folder, readOnly: false });
    const now = Date.now();
    const clock = new TestClock(BigInt(now - 30_000) * 1_000_000n);
    const boot = new TestBoot(log, directory.keys, clock, 'capture');
    const session = new TestSession(boot);
    await boot.commit();
    await log.close();
    const early = await directory.verify(folder, { nowMs: now });
    expect(early).toMatchObject({ verdict: 'whole', counts: { onTheirWay: 2 } });
    const late = await directory.verify(folder, { nowMs: now + 60_000 });
    expect(late.verdict).toBe('gaps');
    expect(late.findings).toMatchObject([
      { kind: 'missing', copy: 'store', position: 0 },
      { kind: 'missing', copy: 'store', stream: session.name, position: 0 },
      { kind: 'missing', detail: expect.stringContaining('content'), position: 0 },
    ]);
  });

  it('says what keeps it from finding out', async () => {
    const { layout } = directory;
    tellStore();
    expect(await steno(['verify'], { cwd: tmpdir() })).toMatchObject({
      code: 3,
      err: expect.stringContaining('STENO-1022'),
    });
    renameSync(layout.log, `${layout.log}-away`);
    expect(await run('verify')).toMatchObject({
      code: 3,
      err: expect.stringContaining('STENO-1028'),
    });
    renameSync(`${layout.log}-away`, layout.log);
    chmodSync(layout.storeFile, 0o644);
    expect(await run('verify')).toMatchObject({
      code: 3,
      err: expect.stringContaining('STENO-1016'),
    });
    expect((await run('verify', 'more')).code).toBe(64);
  });
});

describe('rebuild', () => {
  it('gives the same rows again, beside a projector at work', async () => {
    tellStore();
    const before = await contents();
    const owner = new EmbeddedLog({ directory: directory.layout.log, readOnly: false });
    const projector = startProjector({
      log: owner,
      reader: directory.reader,
      database: 'steno',
      onRetry: (error) => console.error(error),
    });
    const holds = await serveHolds(projector, directory.layout.projectorSocket);
    // Nothing is new yet: what was there must come out the same.
    expect(await run('rebuild')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Rebuilt'),
    });
    expect(await contents()).toEqual(before);
    const clock = new TestClock(BigInt(Date.now() - 3_600_000) * 1_000_000n);
    const boot = new TestBoot(owner, directory.keys, clock, 'capture');
    const session = new TestSession(boot);
    await boot.commit();
    let isRebuilt = false;
    const rebuilding = run('rebuild', '--json').finally(() => (isRebuilt = true));
    let written = 0;
    for (; !isRebuilt || written < 20; written += 1) {
      session.run({ text: `select ${written}`, output: Buffer.alloc(40_000, 'y') });
      await boot.commit();
    }
    session.close('client-closed');
    boot.stopped();
    await boot.commit();
    const rebuilt = await rebuilding;
    expect(rebuilt.err).toBe('');
    expect(rebuilt.code).toBe(0);
    expect(lines(rebuilt.out)).toMatchObject([{ duplicates: 15, forks: 0, deadLetters: 0 }]);
    const all = 3 * written + 2;
    const count = 'SELECT toUInt32(count()) AS n FROM steno.events WHERE stream = {s:String}';
    await expect
      .poll(() => directory.rows<{ n: number }>(count, { s: session.name }))
      .toEqual([{ n: all }]);
    await holds.close();
    await projector.stop();
    const projected = await contents();
    expect((await run('verify')).code).toBe(0);
    expect((await run('rebuild')).code).toBe(0);
    expect(await contents()).toEqual(projected);
    await owner.close();
  });

  it('and verify start ClickHouse where none runs, and make its tables anew', async () => {
    await directory.stopStore();
    rmSync(directory.layout.storeFile);
    const before = await run('verify');
    expect(before.code).toBe(0);
    rmSync(directory.layout.store, { recursive: true });
    expect(await run('verify')).toMatchObject({
      code: 3,
      err: expect.stringContaining('STENO-1027'),
    });
    expect((await run('rebuild')).code).toBe(0);
    expect((await run('verify')).code).toBe(0);
  });
});
