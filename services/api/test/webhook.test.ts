import { create } from '@bufbuild/protobuf';
import {
  ApprovalExpiredSchema,
  ApprovalRequestedSchema,
  ApprovalWithdrawnSchema,
} from '@steno/proto';
import type { ApprovalDetailView } from '@steno/proto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebhookOptions } from '../src/index.js';
import { MAIN, main } from './recorded-set.js';
import { TOKEN, bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';
import { WebhookReceiver, isSigned } from './webhook-receiver.js';
import type { Received } from './webhook-receiver.js';

const KEY = Buffer.from('a key that only two of them know');
const PATIENCE = { timeout: 60_000 };

let receiver: WebhookReceiver;
let test: TestApi;
let webhook: { -readonly [Key in keyof WebhookOptions]: WebhookOptions[Key] };
let nextId = 0;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  const secret = `whsec_${KEY.toString('base64')}`;
  const endpoint = () => ({ url: receiver.url, secret });
  webhook = { format: 'steno', includesText: false, endpoint };
  test = await startTestApi({ webhook });
  await test.store(main().events);
  for (const name of ['ann', 'ben']) test.control.addUser(name, ['approver']);
  test.control.addUser('root', ['admin']);
});
afterAll(async () => {
  await test.stop();
  await receiver.stop();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer = (response) => response.writeHead(204).end();
  Object.assign(webhook, { format: 'steno', includesText: false });
});

interface Message {
  readonly type: string;
  readonly data: ApprovalDetailView & { readonly link: string };
}

const idsOf = (messages: readonly Received[]) =>
  messages.map(({ headers }) => String(headers['webhook-id']));
const messageOf = ({ body }: Received): Message => JSON.parse(body) as Message;

/** What is sent next; nothing else may come before it. */
async function sent(count = 1): Promise<readonly Received[]> {
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count), PATIENCE);
  return receiver.received.splice(0);
}

function ask(more: object = {}): string {
  nextId += 1;
  const approvalId = `approval-${nextId}`;
  const value = create(ApprovalRequestedSchema, {
    approvalId,
    sessionId: MAIN,
    command: 1n,
    identity: 'ci/deploy',
    target: 'orders',
    rule: 'writes',
    reason: 'writes are looked at',
    asks: [{ group: 'approvers', count: 1 }],
    expiresAt: BigInt(test.clock.now + 60_000) * 1_000_000n,
    kinds: ['delete'],
    ...more,
  });
  test.control.take({ case: 'approvalRequested', value });
  return approvalId;
}

const as = (name: string) => supertest.agent(test.api.url).set('authorization', `Bearer ${name}`);
const say = (name: string, id: string, verb: string, link?: string) =>
  as(name).post(`/api/approvals/${id}/${verb}`).send({ reason: 'seen', link });

async function askedByLink(more: object = {}): Promise<{ id: string; link: string }> {
  const id = ask(more);
  const [message] = await sent();
  if (message === undefined) throw new Error('nothing was sent');
  return { id, link: nonceIn(message) };
}

const nonceIn = (message: Received): string =>
  new URL(messageOf(message).data.link).searchParams.get('link') ?? '';

describe('what is told', () => {
  it('is signed, says who asks for what, and leads to the console', async () => {
    const id = ask();
    const [message] = await sent();
    if (message === undefined) throw new Error('nothing was sent');
    expect(isSigned(message, KEY)).toBe(true);
    expect(isSigned({ ...message, body: `${message.body} ` }, KEY)).toBe(false);
    expect(isSigned(message, Buffer.from('another'))).toBe(false);
    expect(message.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': `${id}.waiting.0`,
      'webhook-timestamp': String(test.clock.now / 1000),
    });
    const { type, data } = messageOf(message);
    expect(type).toBe('approval.requested');
    expect(data).toMatchObject({ approvalId: id, identity: 'ci/deploy', target: 'orders' });
    expect(data.link).toMatch(new RegExp(`^${test.api.url}/approvals/${id}\\?link=[\\w-]{43}$`));
    // The text may hold secrets.
    expect(data).not.toHaveProperty('command');
    expect(data).not.toHaveProperty('binds');
  });

  it('has the text where that is wanted', async () => {
    webhook.includesText = true;
    const id = ask();
    const [message] = await sent();
    const shown = await as('ann').get(`/api/approvals/${id}`);
    const { command } = bodyOf<ApprovalDetailView>(shown);
    expect(command).toMatch(/\w+/);
    expect(message && messageOf(message).data.command).toBe(command);
  });

  it('is each way in which an approval can end, and each answer on the way', async () => {
    const both = ask({ asks: [{ group: 'approvers', count: 2 }] });
    await sent();
    const told: string[] = [];
    const next = async (id: string) => {
      for (const each of await sent()) {
        told.push(`${messageOf(each).type} ${String(each.headers['webhook-id']).slice(id.length)}`);
      }
    };
    await say('ann', both, 'approve');
    await next(both);
    await say('ben', both, 'approve');
    await next(both);
    const refused = (await askedByLink()).id;
    await say('ann', refused, 'refuse');
    await next(refused);
    const overridden = (await askedByLink()).id;
    await say('root', overridden, 'override');
    await next(overridden);
    const expired = (await askedByLink()).id;
    const approvalId = { approvalId: expired };
    test.control.take({
      case: 'approvalExpired',
      value: create(ApprovalExpiredSchema, approvalId),
    });
    await next(expired);
    const withdrawn = (await askedByLink()).id;
    const left = { approvalId: withdrawn, cause: 'client-left' };
    test.control.take({
      case: 'approvalWithdrawn',
      value: create(ApprovalWithdrawnSchema, left),
    });
    await next(withdrawn);
    expect(told).toEqual([
      'approval.answered .waiting.1',
      'approval.granted .granted.2',
      'approval.refused .refused.1',
      'approval.overridden .overridden.1',
      'approval.expired .expired.0',
      'approval.withdrawn .withdrawn.0',
    ]);
  });

  it('is told again by an api that starts, as far as it waits', async () => {
    const ended = ask();
    await say('ann', ended, 'refuse');
    const waiting = ask();
    await sent(3);
    const other = await startTestApi({ webhook, control: test.control });
    await vi.waitFor(() => expect(idsOf(receiver.received)).toContain(`${waiting}.waiting.0`));
    await other.stop();
    const told = idsOf(receiver.received.splice(0));
    expect(told.filter((id) => !id.endsWith('.waiting.0'))).toEqual([]);
    expect(told.filter((id) => id.startsWith(`${ended}.`))).toEqual([]);
  });

  it('is a message of Slack, in which nobody else makes a link or a mention', async () => {
    webhook.format = 'slack';
    ask({
      identity: 'ci/<!channel> & <https://evil.example|here>',
      target: '*orders*\u202e',
      reason: 'writes `are` looked\n> at',
    });
    const [message] = await sent();
    const { text, mrkdwn, blocks } = JSON.parse(message?.body ?? '') as {
      text: string;
      mrkdwn: boolean;
      blocks: {
        text?: { type: string; text: string };
        fields?: { type: string; text: string }[];
      }[];
    };
    expect(mrkdwn).toBe(false);
    expect(text).toContain('A command waits for approval: ci/&lt;!channel&gt; &amp; &lt;https:');
    const fields = blocks.flatMap((block) => block.fields ?? []);
    expect(fields.map(({ type }) => type)).toEqual(fields.map(() => 'plain_text'));
    expect(fields.map((field) => field.text)).toEqual([
      'Who asks: ci/&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;',
      'Target: *orders* ',
      'Rule: writes',
      'Reason: writes `are` looked &gt; at',
      'Would: delete',
      'Asked: 1 of approvers',
      expect.stringMatching(/^Until: \d{4}-/),
    ]);
    const marked = blocks.flatMap((block) => (block.text?.type === 'mrkdwn' ? [block.text] : []));
    expect(marked.map((each) => each.text)).toEqual([
      expect.stringMatching(
        /^<http:\/\/127\.0\.0\.1:\d+\/approvals\/[\w-]+\?link=[\w-]+\|[\w ]+>$/,
      ),
    ]);
  });
});

describe('a link', () => {
  it('is good for one answer, which is recorded with it', async () => {
    const { id, link } = await askedByLink({ asks: [{ group: 'approvers', count: 2 }] });
    const shown = (name: string, by: string) => as(name).get(`/api/approvals/${id}?link=${by}`);
    expect((await shown('ann', link)).body).toMatchObject({ link: 'good', state: 'waiting' });
    expect(refusal(await shown('nobody', link))).toEqual([401, 'STENO-3001']);
    test.control.recorded.length = 0;
    expect((await say('ann', id, 'approve', link)).status).toBe(200);
    const nonce = Buffer.from(link, 'base64url');
    expect(test.control.recorded).toMatchObject([{ actor: 'ann', linkNonce: nonce }]);
    expect((await shown('ben', link)).body).toMatchObject({ link: 'used' });
    expect(refusal(await say('ben', id, 'approve', link))).toEqual([409, 'STENO-3050']);
    const [answered] = await sent();
    const second = answered === undefined ? '' : nonceIn(answered);
    expect(second).not.toBe(link);
    expect((await say('ben', id, 'approve', second)).body).toMatchObject({ state: 'granted' });
  });

  it('is none that somebody made up, nor that of another approval', async () => {
    const { id, link } = await askedByLink();
    const other = await askedByLink();
    for (const wrong of [other.link, link.slice(1), `${link}AAAA`, 'x', '<b>']) {
      const shown = await as('ann').get(`/api/approvals/${id}`).query({ link: wrong });
      expect(shown.body).toMatchObject({ link: 'unknown' });
      expect(refusal(await say('ann', id, 'approve', wrong))).toEqual([400, 'STENO-3051']);
    }
    // Without one the page goes on working.
    expect((await as('ann').get(`/api/approvals/${id}`)).body).not.toHaveProperty('link');
    expect((await say('ann', id, 'approve')).body).toMatchObject({ state: 'granted' });
  });
});

describe('a receiver that fails', () => {
  const counts = async (): Promise<Record<string, number>> => {
    const { text } = await as(TOKEN).get('/metrics');
    const found = text.matchAll(/^steno_api_webhook_deliveries_total\{result="(\w+)"\} (\d+)$/gm);
    const pairs = [...found].map(([, result = '', count]) => [result, Number(count)] as const);
    return Object.fromEntries(pairs);
  };

  it('is asked again with the same id; a redirect is not followed', async () => {
    const before = await counts();
    const id = ask();
    await sent();
    expect(id).toBeDefined();
    receiver.answer = (response) => {
      receiver.answer = (next) => next.writeHead(204).end();
      response.writeHead(503).end('x'.repeat(100_000));
    };
    ask();
    const [first, second] = [...(await sent()), ...(await sent())];
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second && isSigned(second, KEY)).toBe(true);
    receiver.answer = (response) => response.writeHead(307, { location: receiver.url }).end();
    ask();
    await vi.waitFor(async () => expect((await counts())['failed']).toBe(1), PATIENCE);
    expect(await sent()).toHaveLength(1);
    const [warning] = test.warnings.slice(-1);
    expect(warning).toMatchObject({ result: 'failed', reason: 'it answered 307' });
    expect(JSON.stringify(test.warnings)).not.toContain('secret');
    expect((await counts())['delivered']).toBe((before['delivered'] ?? 0) + 2);
  });
});
