import { EVENT_TYPE } from '@steno/proto';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, parse } from './messages.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { Rig, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const HELD = `permit (principal, action == Action::"connect", resource);
  @approve("ttl=15m") permit (principal, action in [Action::"write", Action::"read"], resource);`;
const HELD_COMMAND = encodeQuery('select 1');

let target: TestTarget;
let rig: Rig;

beforeAll(async () => {
  target = await startTarget();
  const policies = [{ name: 'held.cedar', text: HELD }];
  rig = await Rig.start({
    targets: [targetAt(target)],
    policies,
    limits: { waitingPerIdentity: 2 },
  });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

const opened = async (identity: string) => RawClient.login(await rig.login(identity));

async function held(client: RawClient): Promise<RawClient> {
  client.send(HELD_COMMAND);
  await client.until('N');
  return client;
}

it('an identity has so many commands waiting, and others theirs', async () => {
  const waiting = [await held(await opened('ci/eager')), await held(await opened('ci/eager'))];
  const client = await opened('ci/eager');
  const error = errorOf((await client.ask(HELD_COMMAND)).find(({ type }) => type === 'E'));
  expect(error).toMatchObject({ severity: 'ERROR', sqlstate: '53400' });
  expect(error.message).toContain('STENO-4050');
  client.send(parse('select 1'), bind(), EXECUTE, SYNC);
  expect(letters(await client.until('Z'))).toBe('1EZ');
  // The session goes on.
  expect(letters(await client.ask(SYNC))).toBe('Z');
  waiting.push(await held(await opened('ci/other')));
  // Who leaves makes room.
  waiting[0]?.close();
  await until('it is withdrawn', async () => {
    const types = (await rig.events('control')).map(({ type }) => type);
    return types.includes(EVENT_TYPE.approvalWithdrawn) || undefined;
  });
  waiting.push(await held(client));
  for (const each of waiting) each.close();
  expect(rig.warnings).toEqual([]);
});

it('the record says which limit it was', async () => {
  const sessions = await rig.sessions('ci/eager');
  const reached = sessions.flatMap(({ events }) =>
    events.flatMap(({ envelope: { facts } }) =>
      facts.case === 'limitReached' ? [[facts.value.limit, Number(facts.value.value)]] : [],
    ),
  );
  // The query, the Bind, and the Execute behind it.
  expect(reached).toEqual(new Array(3).fill(['waitingPerIdentity', 2]));
});
