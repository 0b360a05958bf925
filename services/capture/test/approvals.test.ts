import { readFile } from 'node:fs/promises';
import { create } from '@bufbuild/protobuf';
import { BootStream } from '@steno/event-log';
import {
  ApprovalGrantedSchema,
  ApprovalOverriddenSchema,
  ApprovalRefusedSchema,
  EVENT_TYPE,
} from '@steno/proto';
import type { ApprovalRequested } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Facts } from '@steno/sessions';
import { encodeCancelRequest, encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, parse } from './messages.js';
import { RawClient, cancelKey, errorOf, letters } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const SHIPPED = new URL('../../../deploy/policies/held-writes.cedar', import.meta.url);
const ALICE = { actor: 'alice', groups: ['approvers'] };
const INSERT = encodeQuery('insert into notes values (1)');

let target: TestTarget;
let rig: Rig;
let api: BootStream;

beforeAll(async () => {
  target = await startTarget();
  await onTarget('create table notes (id int)');
  rig = await rigWith(await readFile(SHIPPED, 'utf8'));
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});
afterEach(async () => {
  expect(rig.warnings).toEqual([]);
  await onTarget('truncate notes');
});

async function rigWith(text: string, durability: 'strict' | 'fast' = 'strict'): Promise<Rig> {
  const policies = [{ name: 'policies/held-writes.cedar', text }];
  const targets = [targetAt(target, { durability, owner: 'olga' })];
  const consoleUrl = 'https://steno.test';
  const limits = { commandBytes: 1024 * 1024 };
  const made = await Rig.start({ targets, policies, limits, consoleUrl });
  api = new BootStream(made.log, 'control', made.installation.origin('api-1', 'api'));
  return made;
}

async function onTarget(text: string): Promise<string[]> {
  const { host, port, username: user, password } = target;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  const { rows } = await client.query<{ id: number }>(text);
  await client.end();
  return rows.map(({ id }) => String(id));
}

const notes = () => onTarget('select id from notes order by id');

async function asked(identity: string, of = rig, count = 1): Promise<ApprovalRequested> {
  return until(`${identity} has asked`, async () => {
    const found = (await of.events('control')).flatMap(({ envelope: { facts } }) =>
      facts.case === 'approvalRequested' && facts.value.identity === identity ? [facts.value] : [],
    );
    return found[count - 1];
  });
}

function granted(approvalId: string, by: object = ALICE): Facts {
  const facts = create(ApprovalGrantedSchema, { approvalId, reason: 'looks right', ...by });
  return generatedFacts('approvalGranted', ApprovalGrantedSchema, facts);
}

function refused(approvalId: string, reason: string): Facts {
  const facts = create(ApprovalRefusedSchema, { approvalId, reason, ...ALICE });
  return generatedFacts('approvalRefused', ApprovalRefusedSchema, facts);
}

/** What is told of the command that was held, at the end. */
async function decidedIn(session: RecordedSession) {
  const { events } = await session.record();
  return events.flatMap(({ envelope: { facts } }) =>
    facts.case === 'commandDecided' ? [facts.value] : [],
  );
}

describe.each(['strict', 'fast'] as const)('a held command (%s)', (durability) => {
  beforeAll(async () => {
    await rig.stop();
    rig = await rigWith(await readFile(SHIPPED, 'utf8'), durability);
  });

  it('waits, runs once it is granted, and the record says by whom', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(INSERT);
    const [notice] = await session.client.until('N');
    const request = await asked(session.identity);
    const told = notice?.body.toString() ?? '';
    expect(told).toContain('held for approval by 1 of approvers');
    expect(told).toContain(`steno approvals approve ${request.approvalId}`);
    expect(told).toContain(`open https://steno.test/approvals/${request.approvalId} or`);
    expect(request).toMatchObject({
      target: 'shop',
      owner: 'olga',
      rule: 'held-writes/hold-writes',
      kinds: ['insert', 'select'],
      writes: ['public.notes'],
    });
    expect(await notes()).toEqual([]);
    await api.record(granted(request.approvalId));
    expect(letters(await session.client.until('Z'))).toBe('CZ');
    expect(await notes()).toEqual(['1']);
    await session.finish();
    const record = await session.record();
    expect(record.commands[0]?.facts.decision).toMatchObject({
      effect: 'hold',
      approval: request.approvalId,
    });
    expect(record.commands[0]?.response?.status).toBe('ok');
    expect(await decidedIn(session)).toMatchObject([
      { outcome: 'granted', actor: 'alice', reason: 'looks right', decision: { effect: 'allow' } },
    ]);
  });

  it('is refused in its place, and what comes after it goes on', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(encodeQuery('select 1'), INSERT, encodeQuery('select 2'));
    const request = await asked(session.identity);
    session.client.send(encodeQuery('select 3'));
    await api.record(refused(request.approvalId, 'not on a Friday'));
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await session.client.until('Z'));
    expect(letters(answers.flat()).replace('N', '')).toBe('TDCZEZTDCZTDCZ');
    const error = errorOf(answers[1]?.find(({ type }) => type === 'E'));
    expect(error).toMatchObject({ severity: 'ERROR', sqlstate: '42501' });
    expect(error.message).toContain('refused by alice: not on a Friday');
    expect(await notes()).toEqual([]);
    await session.finish();
    expect(await decidedIn(session)).toMatchObject([{ outcome: 'refused', actor: 'alice' }]);
  });

  it('is held with its values, once for what is prepared', async () => {
    const session = await RecordedSession.begin(rig);
    const text = 'insert into notes values ($1)';
    session.client.send(parse(text), bind(['7']), EXECUTE, SYNC);
    const request = await asked(session.identity);
    await api.record(granted(request.approvalId));
    expect(letters(await session.client.until('Z')).replace('N', '')).toBe('12CZ');
    expect(await notes()).toEqual(['7']);
    session.client.send(bind(['8']), EXECUTE, SYNC, encodeQuery('select 1'));
    const other = await asked(session.identity, rig, 2);
    await api.record(refused(other.approvalId, 'not this one'));
    expect(letters(await session.client.until('Z')).replace('N', '')).toBe('EZ');
    expect(letters(await session.client.until('Z'))).toBe('TDCZ');
    expect(await notes()).toEqual(['7']);
    await session.finish();
    const { commands } = await session.record();
    const told = commands.map(({ facts, response }) =>
      [facts.kind, facts.decision?.effect, response?.status].join(' '),
    );
    expect(told).toEqual([
      'bind hold ok',
      'execute allow ok',
      'bind hold error',
      'execute allow skipped',
      'query allow ok',
    ]);
    expect(commands[1]?.facts.decision?.approval).toBe(request.approvalId);
  });

  it('is withdrawn by a cancel, and by who leaves', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(INSERT);
    const { approvalId } = await asked(session.identity);
    const key = cancelKey(session.client);
    const canceler = RawClient.connect(await rig.login('anybody'));
    canceler.send(encodeCancelRequest(key.processId, key.secretKey));
    const error = errorOf((await session.client.until('Z')).find(({ type }) => type === 'E'));
    expect(error.sqlstate).toBe('57014');
    expect(error.message).toContain('withdrawn');
    session.client.send(INSERT);
    const second = await asked(session.identity, rig, 2);
    session.client.close();
    const causes = await until('both are withdrawn', async () => {
      const facts = (await rig.events('control')).map(({ envelope }) => envelope.facts);
      const found = facts.flatMap(({ case: type, value }) =>
        type === 'approvalWithdrawn' ? [[value.approvalId, value.cause]] : [],
      );
      return found.length >= 2 ? found.slice(-2) : undefined;
    });
    expect(causes).toEqual([
      [approvalId, 'canceled'],
      [second.approvalId, 'client-left'],
    ]);
    await api.record(granted(second.approvalId));
    await session.record();
    expect(await notes()).toEqual([]);
  });

  it('is let go by an administrator, whoever is asked', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(INSERT);
    const { approvalId } = await asked(session.identity);
    const facts = create(ApprovalOverriddenSchema, { approvalId, actor: 'root', reason: 'outage' });
    await api.record(generatedFacts('approvalOverridden', ApprovalOverriddenSchema, facts));
    expect(letters(await session.client.until('Z')).replace('N', '')).toBe('CZ');
    await session.finish();
    expect(await decidedIn(session)).toMatchObject([{ outcome: 'overridden', actor: 'root' }]);
  });
});

describe('who answers', () => {
  beforeAll(async () => {
    await rig.stop();
    rig = await rigWith(`
      permit (principal, action in [Action::"connect", Action::"session"], resource);
      @id("two") @approve("group=dba n=2 ttl=15m window=1h owner=excluded")
      permit (principal, action in [Action::"write", Action::"read"], resource);`);
  });

  it('is asked until different members of the group agree, none of them a requester', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(INSERT);
    const { approvalId } = await asked(session.identity);
    const dba = (actor: string, groups = ['dba'], windowSeconds = 600) =>
      granted(approvalId, { actor, groups, windowSeconds });
    const votes = [dba('alice', ['approvers']), dba(session.identity), dba('Olga'), dba('ann')];
    for (const vote of [...votes, dba('Ann')]) await api.record(vote);
    // Behind these, so that they were heard: another session that is let go.
    const other = await RecordedSession.begin(rig);
    other.client.send(encodeQuery('insert into notes values (2)'));
    const { approvalId: otherId } = await asked(other.identity);
    for (const actor of ['ann', 'ben']) {
      await api.record(granted(otherId, { actor, groups: ['dba'] }));
    }
    await other.client.until('Z');
    expect(await notes()).toEqual(['2']);
    await api.record(dba('ben', ['dba'], 300));
    await session.client.until('Z');
    expect(await notes()).toEqual(['1', '2']);
    // Within the window the same command of the same identity runs without asking.
    expect(letters(await session.client.ask(INSERT))).toBe('CZ');
    expect(await notes()).toEqual(['1', '1', '2']);
    other.client.send(INSERT);
    await asked(other.identity, rig, 2);
    other.client.close();
    await session.finish();
    const { commands } = await session.record();
    expect(commands[1]?.facts.decision).toMatchObject({ effect: 'allow', approval: approvalId });
  });
});

it('is asked again where names lead elsewhere than when it was let go', async () => {
  await onTarget('create schema other create table notes (id int)');
  const session = await RecordedSession.begin(rig);
  session.client.send(INSERT);
  const { approvalId } = await asked(session.identity);
  for (const actor of ['ann', 'ben']) {
    await api.record(granted(approvalId, { actor, groups: ['dba'], windowSeconds: 600 }));
  }
  await session.client.until('Z');
  expect(letters(await session.client.ask(INSERT))).toBe('CZ');
  await session.client.ask(encodeQuery('set search_path = other'));
  session.client.send(INSERT);
  const again = await asked(session.identity, rig, 2);
  // What is let go there is good for that once.
  for (const actor of ['ann', 'ben']) {
    await api.record(granted(again.approvalId, { actor, groups: ['dba'], windowSeconds: 600 }));
  }
  await session.client.until('Z');
  session.client.send(INSERT);
  await asked(session.identity, rig, 3);
  session.client.close();
  await session.record();
  expect(await onTarget('select id from other.notes')).toEqual(['1']);
});

it('shows what a name stands for, and holds for that alone', async () => {
  await rig.stop();
  rig = await rigWith(`permit (principal, action in
      [Action::"connect", Action::"select", Action::"session"], resource);
    @approve("window=1h") permit (principal, action == Action::"insert", resource);`);
  const session = await RecordedSession.begin(rig);
  let count = 0;
  const letGo = async (text: string) => {
    session.client.send(encodeQuery(text));
    const { approvalId } = await asked(session.identity, rig, (count += 1));
    await api.record(granted(approvalId, { ...ALICE, windowSeconds: 600 }));
    expect(letters(await session.client.until('Z'))).toContain('CZ');
  };
  const PREPARES = ['prepare p as insert into notes values (7)', 'prepare P as table notes'];
  await letGo(PREPARES[0] ?? '');
  await letGo('execute p');
  expect(letters(await session.client.ask(encodeQuery('execute p')))).toBe('CZ');
  await session.client.ask(encodeQuery('deallocate p'));
  await session.client.ask(encodeQuery(PREPARES[1] ?? ''));
  await letGo('execute p');
  await session.finish();
  const { commands } = await session.record();
  const runs = commands.filter(({ text }) => text === 'execute p').map(({ texts }) => texts);
  expect(runs).toEqual([['execute p', PREPARES[0]], ['execute p'], ['execute p', ...PREPARES]]);
  expect(await notes()).toEqual(['7', '7']);
});

it('expires where nobody answers', async () => {
  await rig.stop();
  rig = await rigWith(`permit (principal, action == Action::"connect", resource);
    @approve("ttl=1s") permit (principal, action in [Action::"write", Action::"read"], resource);`);
  const session = await RecordedSession.begin(rig);
  session.client.send(INSERT);
  const error = errorOf((await session.client.until('Z')).find(({ type }) => type === 'E'));
  expect(error.sqlstate).toBe('42501');
  expect(error.message).toContain('expired');
  await session.finish();
  const types = (await rig.events('control')).map(({ type }) => type);
  expect(types.filter((type) => type === EVENT_TYPE.approvalExpired)).toHaveLength(1);
  expect(await notes()).toEqual([]);
});

it('is refused where it is too long to be kept', async () => {
  const session = await RecordedSession.begin(rig);
  const long = encodeQuery(`insert into notes values (1) -- ${'x'.repeat(2 * 1024 * 1024)}`);
  session.client.send(long);
  const error = errorOf((await session.client.until('E')).at(-1));
  expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '42501' });
  await session.record();
});

it('is denied where it is longer than people are shown', async () => {
  const session = await RecordedSession.begin(rig);
  const long = encodeQuery(`insert into notes values (1) -- ${'x'.repeat(200 * 1024)}`);
  const error = errorOf((await session.client.ask(long)).find(({ type }) => type === 'E'));
  expect(error.message).toContain('denied');
  await session.finish();
});
