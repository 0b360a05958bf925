import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { ApprovalView, NewUserView } from '@steno/proto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';
const SECRET = 'known-to-the-receiver-alone';
const HELD = fileURLToPath(new URL('../../../deploy/policies/held-writes.cedar', import.meta.url));

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly type: string;
  readonly data: ApprovalView & { readonly link: string };
}

const folder = makeFolder();
const told: Told[] = [];
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    told.push({
      headers: request.headers,
      body,
      ...(JSON.parse(body) as Pick<Told, 'data'>),
    } as Told);
    response.writeHead(204).end();
  });
});
let target: EmbeddedPostgres;
let up: RunningUp;
let bot: pg.Client;
let alice: string;

beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  const { host, port, username } = target;
  const owner = new pg.Client({
    host,
    port,
    user: username,
    password: PASSWORD,
    database: 'postgres',
  });
  await owner.connect();
  await owner.query('create table kept as select generate_series(1, 40) as id');
  await owner.end();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const policies = `policies: ['${relative(folder.path, HELD)}']\n`;
  const webhook = `approvals: { webhook: { url: '${url}', secret: env:HOOK_SECRET } }\n`;
  writeConfig(folder.path, target, policies + webhook);
  up = await start();
  const [user] = await up.json<NewUserView>('user', 'add', 'alice', '--role', 'approver');
  alice = user?.token ?? '';
  bot = await up.connect('ci/deploy');
});
afterAll(async () => {
  await killAll([up]);
  receiver.closeAllConnections();
  receiver.close();
  await target.stop();
  folder.remove();
});

const start = () => {
  const env = { ORDERS_PASSWORD: PASSWORD, HOOK_SECRET: SECRET };
  return RunningUp.start({ folder: folder.path, env });
};

const next = (type: string, from = 0): Promise<Told> =>
  until(`the webhook is told of ${type}`, () => {
    return told.slice(from).find((each) => each.type === type);
  });

/** As the page that a link leads to does. */
function answer(link: string, verb: string) {
  const { origin, pathname, searchParams } = new URL(link);
  const reason = 'seen in the channel';
  return fetch(`${origin}/api${pathname}/${verb}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alice}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason, link: searchParams.get('link') }),
  });
}

it('whoever approves is told, and answers by the link, once', async () => {
  const deleted = bot.query('delete from kept where id > $1', [30]);
  const from = told.length;
  const requested = await next('approval.requested', from);
  const { headers, body, data } = requested;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signature = createHmac('sha256', SECRET).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(data).toMatchObject({ identity: 'ci/deploy', target: 'orders', kinds: ['delete'] });
  expect(data.estimatedRows).toBeGreaterThan(0);
  expect(body).not.toContain('where id >');
  expect((await answer(data.link, 'approve')).status).toBe(200);
  expect((await deleted).rowCount).toBe(10);
  const granted = await next('approval.granted', from);
  expect(granted.data.answers).toMatchObject([{ actor: 'alice', reason: 'seen in the channel' }]);
  expect((await answer(data.link, 'refuse')).status).toBe(409);
  const [listed] = (await up.json<ApprovalView>('approvals', 'list', '--all')).slice(-1);
  expect(listed?.estimatedRows).toBe(data.estimatedRows);
  const shown = await up.verb('approvals', 'show', data.approvalId);
  expect(shown.out).toMatch(/rows +about \d+, as the target estimates/);
});

it('breaking the glass is told, and no secret is logged', async () => {
  const from = told.length;
  const inserted = bot.query('insert into kept values (99)');
  const { data } = await next('approval.requested', from);
  await up.json('approvals', 'approve', data.approvalId, '--reason', 'outage', '--break-glass');
  await inserted;
  const overridden = await next('approval.overridden', from);
  expect(overridden.data.answers).toMatchObject([{ said: 'overridden', reason: 'outage' }]);
  for (const printed of [up.out, up.err]) expect(printed).not.toContain(SECRET);
});
