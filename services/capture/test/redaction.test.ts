import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const EMAIL = 'ann.planted@example.org';
const PASSWORD = 'hunter2planted';

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
    await open.stop();
  });
});
