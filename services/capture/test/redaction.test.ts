import { toJsonString } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const EMAIL = 'ann.planted@example.org';
const PASSWORD = 'hunter2planted';
const JWT = [
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
  'eyJzdWIiOiJwbGFudGVkIiwiaWF0IjoxNTE2MjM5MDIyfQ',
  'SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c',
].join('.');

let target: TestTarget;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(async () => {
  await target.remove();
});

describe('without policies', () => {
  it('keeps no secret that stands in a command, and passes it on', async () => {
    const open = await Rig.start({ targets: [targetAt(target)] });
    const session = await RecordedSession.begin(open);
    await session.client.ask(encodeQuery(`create role planted login password '${PASSWORD}'`));
    const answer = await session.client.ask(encodeQuery(`select '${EMAIL}'`));
    expect(answer.find(({ type }) => type === 'D')?.body.toString()).toContain(EMAIL);
    const record = await session.finish();
    const [made, asked] = record.commands;
    expect(made?.text).toMatch(/^create role planted login password '\[password:[0-9a-f]{8}\]'$/);
    expect(made?.facts.redacted).toMatchObject([{ type: 'password', count: 1n }]);
    expect(asked).toMatchObject({ text: `select '${EMAIL}'`, facts: { redacted: [] } });
    // Nobody looked.
    expect(asked?.facts.statements).toEqual([]);
    await open.stop();
  });
});

describe('with policies', () => {
  const allowAll = { name: 'p.cedar', text: 'permit (principal, action, resource);' };
  const masking = { ...allowAll, text: `@mask("types=email as=token") ${allowAll.text}` };

  it('tells what each statement does, and nothing of what is in it', async () => {
    const rig = await Rig.start({ targets: [targetAt(target)], policies: [allowAll] });
    const session = await RecordedSession.begin(rig);
    const ask = (text: string) => session.client.ask(encodeQuery(text));
    await ask('create table jar (id int, note text)');
    await ask(`with gone as (delete from jar where id = 5 returning note)
      select * from gone where note = '${PASSWORD}'; create role jarred password '${PASSWORD}'`);
    await ask(`do $$ begin execute 'alter role jarred password ''${PASSWORD}'''; end $$`);
    await ask(`set app.token = ${PASSWORD}`);
    await ask(`${PASSWORD} ${PASSWORD}`);
    await ask(`select '${JWT}' as "${JWT}"`);
    const record = await session.finish();
    await rig.stop();
    const [, both, block, setting, mistyped, named] = record.commands;
    expect(both?.facts.statements).toMatchObject([
      {
        kind: 'select',
        shape: `with gone as (delete from jar where id = 0 returning note)
      select * from gone where note = ''`,
        bringsAbout: ['delete'],
        objects: [
          { kind: 'table', name: expect.stringMatching(/^(?:public|\?)\.jar$/), access: 'write' },
        ],
      },
      { kind: 'create-role', shape: "create role jarred password ''", objects: [] },
    ]);
    expect(block?.facts.statements).toMatchObject([{ kind: 'do', shape: "do ''", opaque: true }]);
    expect(setting?.facts.statements).toMatchObject([{ kind: 'set', shape: "set app.token = ''" }]);
    expect(mistyped?.facts.statements).toMatchObject([{ kind: 'other', shape: '', opaque: true }]);
    expect(named?.facts.statements[0]?.shape).toMatch(/^select '' as "\[jwt:[0-9a-f]{8}\]"$/);
    expect(named?.facts.redacted).toMatchObject([{ type: 'jwt', count: 2n }]);
    for (const { envelope } of record.events) {
      const text = toJsonString(EnvelopeSchema, envelope);
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(JWT);
    }
  });

  it('tells no value in a name that policies mask', async () => {
    const rig = await Rig.start({ targets: [targetAt(target)], policies: [masking] });
    const session = await RecordedSession.begin(rig);
    await session.client.ask(encodeQuery(`select 1 from "${EMAIL}"`));
    const record = await session.finish();
    await rig.stop();
    const [asked] = record.commands;
    expect(asked?.facts.statements[0]).toMatchObject({ objects: [{ access: 'read' }] });
    const [object] = asked?.facts.statements[0]?.objects ?? [];
    expect(object?.name).toMatch(/^(?:\?|public)\.\[email:[0-9a-f]{8}\]$/);
    for (const { envelope } of record.events) {
      expect(toJsonString(EnvelopeSchema, envelope)).not.toContain(EMAIL);
    }
  });

  it('tells no more than it may, and how much more there is', async () => {
    const rig = await Rig.start({ targets: [targetAt(target)], policies: [allowAll] });
    const session = await RecordedSession.begin(rig);
    const tables = Array.from({ length: 60 }, (_, n) => `absent_${n}`).join(', ');
    const columns = Array.from({ length: 200 }, (_, n) => `column_${n}`).join(', ');
    const wide = `select ${columns} from ${tables}`;
    await session.client.ask(encodeQuery(`${wide}; ${'select 1; '.repeat(150)}`));
    const record = await session.finish();
    await rig.stop();
    const { statements = [], statementsLeftOut } = record.commands[0]?.facts ?? {};
    expect(statements).toHaveLength(100);
    expect(statementsLeftOut).toBe(51);
    const [first] = statements;
    expect(first?.objects).toHaveLength(50);
    expect(first?.objectsLeftOut).toBe(10);
    expect(first?.shape).toBe(wide.slice(0, 1024));
    expect(first?.shapeLeftOut).toBe(wide.length - 1024);
  });
});
