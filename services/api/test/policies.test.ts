import { create } from '@bufbuild/protobuf';
import { StreamFixture } from '@steno/event-store/testing';
import { EnvelopeSchema } from '@steno/proto';
import type {
  DryRunLine,
  PoliciesView,
  PolicyDifferenceView,
  PolicyVersionDetailView,
  ProblemView,
} from '@steno/proto';
import { policyDigest } from '@steno/sessions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Asker } from './asker.js';
import { START, SECOND } from './recorded-session.js';
import { LIMITS } from '../src/limits.js';
import type { ApiOptions } from '../src/index.js';
import { TOKEN, bodyOf, refusal, startTestApi } from './test-api.js';
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

type DryRun = ApiOptions['dryRun'];

let test: TestApi;
/** What rules on what was recorded. */
let dryRun: DryRun;
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
  test = await startTestApi({ dryRun: (asked, signal) => dryRun(asked, signal) });
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

const ENDED: DryRunLine = {
  ...{ line: 'ended', sessions: 2, commands: 3, changed: 0 },
  ...{ leftOut: 0, stoppedBy: null },
};
const STARTED: DryRunLine = {
  ...{ line: 'started', digest: digestOf(ONE), rules: 1 },
  ...{ since: '2026-11-11T00:00:00Z', sessions: 2 },
};

const tryOut = (files: readonly object[] = ONE, more: object = {}) =>
  asker.post('/api/policies/dry-run', { files, ...more });
const linesOf = ({ text }: { readonly text: string }) =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as DryRunLine]));

describe('POST /api/policies/dry-run', () => {
  it('answers line by line, once it is recorded who tries what', async () => {
    const asked: Parameters<DryRun>[0][] = [];
    dryRun = async function* (request) {
      asked.push(request);
      yield STARTED;
      yield ENDED;
    };
    const answer = await tryOut(ONE, { since: '2026-11-11T00:00:00Z' });
    expect([answer.status, answer.type]).toEqual([200, 'application/x-ndjson']);
    expect(linesOf(answer)).toEqual([STARTED, ENDED]);
    expect(asked).toMatchObject([{ files: ONE, since: 1_794_355_200_000_000_000n }]);
    expect(test.accesses.at(-1)).toMatchObject({
      ...{ type: 'access.viewed', action: 'test', object: 'policy', objectId: digestOf(ONE) },
      query: 'since=2026-11-11T00%3A00%3A00Z',
    });
    test.log.isAway = true;
    expect(refusal(await tryOut(TWO))).toEqual([503, 'STENO-3009']);
    test.log.isAway = false;
    expect(asked).toHaveLength(1);
  });

  it('says where policies are wrong', async () => {
    const problems = [{ file: 'base.cedar', line: 2, message: 'unexpected end' }];
    dryRun = async function* () {
      yield { line: 'problems', problems };
    };
    const answer = await tryOut();
    expect(refusal(answer)).toEqual([422, 'STENO-3072']);
    expect(bodyOf<ProblemView>(answer).problems).toEqual(problems);
  });

  it('takes no more than a capture could record', async () => {
    const most = LIMITS.dryRunPolicyBytes;
    dryRun = async function* () {
      yield ENDED;
    };
    const text = '\n'.repeat(most - 1);
    expect((await tryOut([{ name: 'a', text }])).status).toBe(200);
    const more = [
      { name: 'a', text },
      { name: 'b', text: '' },
    ];
    expect(refusal(await tryOut(more))).toEqual([413, 'STENO-3007']);
    expect(
      refusal(await tryOut([{ name: 'a', text: 'x'.repeat(LIMITS.dryRunBodyBytes) }])),
    ).toEqual([413, 'STENO-3007']);
    for (const files of [[], [{ name: 'a' }], [{ name: '\u0000', text: '' }], ['a']]) {
      expect(refusal(await tryOut(files as object[]))).toEqual([400, 'STENO-3002']);
    }
  });

  it('goes once at a time for each person, and ends with who asked', async () => {
    let ended = 0;
    dryRun = async function* (_, signal) {
      yield STARTED;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended += 1;
    };
    const leaving = new AbortController();
    const begin = (token: string) =>
      fetch(`${test.api.url}/api/policies/dry-run`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ files: ONE }),
        signal: leaving.signal,
      });
    test.control.addUser('rita', ['reviewer']);
    expect((await begin(TOKEN)).status).toBe(200);
    expect((await begin('rita')).status).toBe(200);
    expect(refusal(await tryOut())).toEqual([409, 'STENO-3073']);
    leaving.abort();
    await expect.poll(() => ended).toBe(2);
    dryRun = async function* () {
      yield ENDED;
    };
    await expect.poll(async () => (await tryOut()).status).toBe(200);
  });

  it('tells of a failure that comes later in its last line', async () => {
    dryRun = async function* () {
      yield STARTED;
      throw new Error('the thread has ended');
    };
    const [, last] = linesOf(await tryOut());
    expect(last).toMatchObject({ line: 'failed', problem: { code: 'STENO-3074' } });
    expect(test.errors.at(-1)).toMatchObject({ message: 'the thread has ended' });
  });
});
