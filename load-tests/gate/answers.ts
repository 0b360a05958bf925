import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { openClient } from '../postgres/bulk.js';
import { makeDirectory, say, startDatabase } from '../postgres/environment.js';
import { describeMachine } from '../postgres/machine.js';
import type { Cleanup } from '../postgres/processes.js';
import { runCommand } from '../postgres/run-command.js';
import { Steno } from '../postgres/steno.js';

// How long people wait for what they said to happen: from an approval to the answer of the command
// that waited for it, and from a revocation to the end of the last session of the identity. Both
// begin when the request is sent to the api. --keep writes answers.txt.

const RESULTS = fileURLToPath(new URL('../../gate/answers.txt', import.meta.url));
const HELD = new URL('../../../deploy/policies/held-writes.cedar', import.meta.url);
const POLL_MS = 20;
const SESSIONS = 5;
const BARS_MS = { approval: 500, revocation: 2_000 };
const USAGE = `usage: bench:answers -- [OPTIONS]
  --approvals    how many; default 40
  --revocations  how many, of identities with ${SESSIONS} sessions each; default 10
  --keep         writes the report to load-tests/gate/answers.txt`;

interface Options {
  readonly approvals: number;
  readonly revocations: number;
  readonly keep: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      approvals: { type: 'string', default: '40' },
      revocations: { type: 'string', default: '10' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [approvals, revocations] = [values.approvals, values.revocations].map(Number);
  return { approvals: approvals ?? 1, revocations: revocations ?? 1, keep: values.keep };
}

/** The api as an administrator, who may do all of it. */
class Administrator {
  constructor(
    private readonly web: string,
    private readonly token: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>(path, { method: 'GET' });
  }

  async post(path: string): Promise<void> {
    const body = JSON.stringify({ reason: 'bench' });
    await this.ask(path, { method: 'POST', body });
  }

  private async ask<T>(path: string, request: RequestInit): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(new URL(path, this.web), { ...request, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
}

async function bench({ approvals, revocations, keep }: Options, cleanup: Cleanup) {
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  const target = await startDatabase(directory, cleanup);
  await writeFile(join(directory, 'held-writes.cedar'), await readFile(HELD, 'utf8'));
  const sides = { target, broker: undefined, policies: ['held-writes.cedar'] };
  say('» starting Steno');
  const steno = await Steno.start(directory, sides, cleanup);
  const admin = new Administrator(steno.web, await steno.addUser('boss', 'admin'));
  say(`» ${approvals} approvals`);
  const approved = await approvalTimes(steno, admin, approvals);
  say(`» ${revocations} revocations`);
  const revoked: number[] = [];
  for (let n = 0; n < revocations; n += 1) {
    revoked.push(await revocationTime(steno, admin, `bench-${n}`));
  }
  const lines = [
    line('approved until answered', approved, BARS_MS.approval),
    line(`revoked until ${SESSIONS} sessions ended`, revoked, BARS_MS.revocation),
  ];
  const title = 'How long people wait for what they said, in ms, from the request to the api.';
  const report = [title, machine, '', ...lines.map(({ text }) => text)].join('\n');
  process.stdout.write(`${report}\n`);
  if (keep) await writeFile(RESULTS, `${report}\n`);
  return lines.every(({ isReached }) => isReached) ? 0 : 1;
}

async function approvalTimes(steno: Steno, admin: Administrator, count: number) {
  const client = await openClient(steno.endpoint('strict'));
  const times: number[] = [];
  try {
    for (let n = 0; n < count; n += 1) {
      const answered = client.query(`CREATE TABLE approved_${n} (id int)`);
      // Where anything else fails first, that is what is told.
      answered.catch(() => undefined);
      const id = await waiting(admin);
      const from = performance.now();
      const said = admin.post(`/api/approvals/${id}/override`);
      await answered;
      times.push(performance.now() - from);
      await said;
    }
  } finally {
    await client.end();
  }
  return times;
}

async function waiting(admin: Administrator): Promise<string> {
  interface Listed {
    readonly items: readonly { readonly approvalId: string }[];
  }
  for (;;) {
    const { items } = await admin.get<Listed>('/api/approvals');
    const [first] = items;
    if (first !== undefined) return first.approvalId;
    await delay(POLL_MS);
  }
}

async function revocationTime(steno: Steno, admin: Administrator, identity: string) {
  const endpoint = await steno.endpointOf(identity, 'strict');
  const clients: pg.Client[] = [];
  for (let n = 0; n < SESSIONS; n += 1) {
    const client = await openClient(endpoint);
    client.on('error', () => undefined);
    clients.push(client);
  }
  const path = `/api/identities/${encodeURIComponent(identity)}`;
  await known(admin, path);
  const ended = Promise.all(
    clients.map((client) => new Promise<void>((end) => client.on('end', end))),
  );
  const from = performance.now();
  const said = admin.post(`${path}/revoke`);
  await ended;
  const time = performance.now() - from;
  await said;
  return time;
}

/** Waits until an identity that was just seen is in the inventory. */
async function known(admin: Administrator, path: string): Promise<void> {
  for (;;) {
    const found = await admin.get(path).then(
      () => true,
      () => false,
    );
    if (found) return;
    await delay(POLL_MS);
  }
}

function line(name: string, times: readonly number[], bar: number) {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Infinity;
  const isReached = at(0.95) < bar;
  const verdict = isReached ? 'PASS' : 'MISSED';
  const shown = [at(0.5), at(0.95)].map((time) => time.toFixed(0).padStart(5));
  const text = `${name.padEnd(34)}p50 ${shown[0]}   p95 ${shown[1]}   bar ${bar}: ${verdict}`;
  return { text, isReached };
}

await runCommand(USAGE, parseOptions, bench);
