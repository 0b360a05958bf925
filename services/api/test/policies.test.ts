import { create } from '@bufbuild/protobuf';
import { StreamFixture } from '@steno/event-store/testing';
import { EnvelopeSchema } from '@steno/proto';
import type { PoliciesView, PolicyDifferenceView, PolicyVersionDetailView } from '@steno/proto';
import { policyDigest } from '@steno/sessions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Asker } from './asker.js';
import { START, SECOND } from './recorded-session.js';
import { refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const READS = `@id("reads")
permit (principal, action in Action::"read", resource);`;
const ONE = [{ name: 'rules/base.cedar', text: READS }];
const TWO = [
  {
    name: 'rules/base.cedar',
    text: `// What only reads; "quoted; here".
@id("reads") @description("a \\"quoted\\" word; // no comment")
permit (principal,   action in Action::"read", resource);
permit (principal, action == Action::"connect", resource);`,
  },
  { name: 'more.cedar', text: '@id("none") forbid (principal, action, resource);' },
];
const digestOf = (files: typeof ONE) => policyDigest(files).toString('hex');

let test: TestApi;
let asker: Asker;

/** A capture says what it goes by, as much as its policies; in the log, and in the store. */
async function load(stream: StreamFixture, files: typeof ONE, { stored = true } = {}) {
  stream.now += SECOND;
  const value = { digest: policyDigest(files), files, rules: files.length };
  const from = stream.events.length;
  stream.append({ case: 'policyLoaded', value });
  for (const event of stream.events.slice(from)) test.control.policies.take(event.envelope);
  if (stored) await test.store(stream.events.slice(from));
}

const captureStream = (instance: string) =>
  new StreamFixture(`control/${instance}/${instance}-boot`, {
    topic: 'control',
    instance,
    boot: `${instance}-boot`,
    startedAt: START,
  });

beforeAll(async () => {
  test = await startTestApi();
  asker = new Asker(test);
  const [first, second] = [captureStream('capture-0'), captureStream('capture-1')];
  await load(first, []);
  await load(second, []);
  await load(first, ONE);
  await load(first, TWO);
});
afterAll(() => test.stop());

describe('GET /api/policies', () => {
  it('lists what was in force, what became different, what each capture goes by', async () => {
    const { items, inForce, nextCursor, leftOut } = await asker.get<PoliciesView>('/api/policies');
    expect(items.map(({ digest, before }) => [digest, before])).toEqual([
      [digestOf(TWO), digestOf(ONE)],
      [digestOf(ONE), digestOf([])],
      [digestOf([]), null],
    ]);
    expect(items[0]).toMatchObject({
      rules: 2,
      fileNames: ['rules/base.cedar', 'more.cedar'],
      lastInForceAt: null,
      captures: ['capture-0'],
      changes: {
        files: { added: ['more.cedar'], removed: [], changed: ['rules/base.cedar'] },
        rules: { added: ['base/policy1', 'more/none'], removed: [], changed: ['base/reads'] },
      },
    });
    expect(items[1]?.changes?.rules.added).toEqual(['base/reads']);
    expect(items[1]?.lastInForceAt).toMatch(/^2026-/);
    expect(items[2]).toMatchObject({ rules: 0, lastInForceAt: null, changes: null });
    expect(inForce).toMatchObject([
      { instance: 'capture-0', digest: digestOf(TWO), isSilent: false },
      { instance: 'capture-1', digest: digestOf([]), isSilent: false },
    ]);
    expect([nextCursor, leftOut]).toEqual([null, 0]);
  });

  it('comes in pages', async () => {
    const all = await asker.allOf<{ digest: string }>('/api/policies', 'cursor', 2);
    expect(all.map(({ digest }) => digest)).toEqual([TWO, ONE, []].map(digestOf));
    const strange = await asker.ask(`/api/policies?cursor=${'0'.repeat(64)}`);
    expect(refusal(strange)).toEqual([400, 'STENO-3002']);
  });
});

describe('GET /api/policies/:digest', () => {
  it('has the files, also by what decisions carry', async () => {
    for (const digest of [digestOf(TWO), digestOf(TWO).slice(0, 12)]) {
      const version = await asker.get<PolicyVersionDetailView>(`/api/policies/${digest}`);
      expect(version.files).toEqual(TWO);
    }
    const none = await asker.get<PolicyVersionDetailView>(`/api/policies/${digestOf([])}`);
    expect(none.files).toEqual([]);
  });

  it('is compared with another', async () => {
    const path = `/api/policies/${digestOf(TWO)}/difference?from=${digestOf(ONE)}`;
    const { from, to, changes } = await asker.get<PolicyDifferenceView>(path);
    expect([from.files, to.files]).toEqual([ONE, TWO]);
    expect(changes.rules.added).toEqual(['base/policy1', 'more/none']);
    expect(await asker.get(`/api/policies/${digestOf(TWO)}/difference`)).toEqual({
      from,
      to,
      changes,
    });
    const back = await asker.get<PolicyDifferenceView>(
      `/api/policies/${digestOf(ONE)}/difference?from=${digestOf(TWO)}`,
    );
    expect(back.changes.rules.removed).toEqual(['base/policy1', 'more/none']);
  });

  it('is told whose texts are not there, or are others', async () => {
    expect(refusal(await asker.ask('/api/policies/0123456789ab'))).toEqual([404, 'STENO-3070']);
    expect(refusal(await asker.ask('/api/policies/%25'))).toEqual([404, 'STENO-3070']);
    const late = captureStream('capture-2');
    const text = '// not there yet';
    await load(late, [{ name: 'late.cedar', text }], { stored: false });
    const digest = digestOf([{ name: 'late.cedar', text }]);
    const answer = await asker.ask(`/api/policies/${digest}`);
    expect(refusal(answer)).toEqual([404, 'STENO-3070']);
    expect(answer.text).toContain('not in ClickHouse yet');
    const forged = captureStream('capture-2');
    forged.now += SECOND;
    const value = { digest: Buffer.from(digest, 'hex'), files: ONE, rules: 1 };
    forged.append({ case: 'policyLoaded', value });
    await test.store(forged.events);
    expect(refusal(await asker.ask(`/api/policies/${digest}`))).toEqual([500, 'STENO-3071']);
    const { items } = await asker.get<PoliciesView>('/api/policies');
    expect(items.find((version) => version.digest === digest)?.changes).toBeNull();
    test.control.policies.take(
      create(EnvelopeSchema, {
        boot: 'capture-2-boot',
        facts: { case: 'instanceStopped', value: {} },
      }),
    );
  });
});
