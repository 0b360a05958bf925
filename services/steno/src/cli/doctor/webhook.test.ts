import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WebhookConfig } from '../../config/config.js';
import type { Patient } from './check.js';
import { checkWebhook } from './webhook.js';

const SECRET = 'known-to-the-receiver-alone';
const told: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
let receiver: Server;
let answer: number;
beforeEach(async () => {
  told.length = 0;
  answer = 204;
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      told.push({ headers: request.headers, body });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const urlOf = () =>
  `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook/of-a-secret-name`;

function patient(more: Partial<WebhookConfig> = {}): Patient {
  const usual = { url: urlOf(), secret: 'env:HOOK', format: 'steno', includeText: true } as const;
  const config = { baseDirectory: '/', approvals: { webhook: { ...usual, ...more } } };
  return { config: config as Patient['config'], environment: { HOOK: SECRET } };
}

it('sends what is signed as all are, and about no approval', async () => {
  const message = 'it takes a test message: it answered 204';
  expect(await checkWebhook(patient())).toEqual([{ check: 'webhook', status: 'ok', message }]);
  const [{ headers, body } = { headers: {}, body: '' }] = told;
  expect(told).toHaveLength(1);
  expect(headers['webhook-id']).toMatch(/^ping\.[\da-f-]{36}$/);
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signature = createHmac('sha256', SECRET).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  const timestamp = expect.stringMatching(/Z$/) as string;
  expect(JSON.parse(body)).toEqual({ type: 'ping', timestamp, data: {} });
});

it('says in Slack that nothing waits', async () => {
  expect(await checkWebhook(patient({ format: 'slack', secret: undefined }))).toMatchObject([
    { status: 'ok' },
  ]);
  const [{ headers, body } = { headers: {}, body: '' }] = told;
  expect(headers['webhook-signature']).toBeUndefined();
  expect(body).toContain('No command waits');
  expect(body).not.toMatch(/https?:|blocks/);
});

it.each([401, 302, 500])(
  'fails where %i is answered, once, and tells no secret',
  async (status) => {
    answer = status;
    const checks = await checkWebhook(patient());
    expect(checks).toMatchObject([{ status: 'fail', message: `it answered ${status}` }]);
    expect(told).toHaveLength(1);
  },
);

it('fails where nobody answers, and is not tried without its secret', async () => {
  const before = patient();
  receiver.close();
  receiver.closeAllConnections();
  const [gone] = await checkWebhook(before);
  expect(gone).toMatchObject({ status: 'fail', message: 'it did not answer (ECONNREFUSED)' });
  expect(JSON.stringify(gone)).not.toContain('secret-name');
  const [untried] = await checkWebhook({ ...before, environment: {} });
  expect(untried).toMatchObject({ status: 'warn' });
  expect(untried?.message).toMatch(/^it is not tried: /);
});

it('says nothing where there is none', async () => {
  const config = { approvals: { webhook: undefined } } as Patient['config'];
  expect(await checkWebhook({ config, environment: {} })).toEqual([]);
});
