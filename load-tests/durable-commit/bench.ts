import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Committer } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { EventStream, SessionKey, commandSubmitted, systemClock } from '@steno/sessions';
import type { Origin } from '@steno/sessions';

// What one durable commit of the embedded log takes, and how many commands share it: sessions that
// each wait for their command to be durable before they send the next one, as `strict` does.

const RESULTS = fileURLToPath(new URL('../../durable-commit/results.txt', import.meta.url));
const SESSIONS = [1, 8, 64];
const SECONDS = 5;
const TEXT = Buffer.from('SELECT id, status, total FROM orders WHERE customer = 4711 AND open');

const FACTS = commandSubmitted({
  kind: 'query',
  effect: 'allow',
  rule: 'no-policy',
  policyVersion: '',
  approval: '',
  statementName: '',
  parameters: 0,
  traceparent: '',
  cause: '',
  redacted: [],
});

interface Measured {
  readonly sessions: number;
  readonly commits: number;
  /** Of one command, from its record to the proof that it is durable; milliseconds, sorted. */
  readonly waits: Float64Array;
  readonly seconds: number;
}

async function measure(directory: string, sessions: number, seconds: number): Promise<Measured> {
  const log = new EmbeddedLog({ directory, readOnly: false });
  let commits = 0;
  const committer = new Committer((batch) => {
    commits += 1;
    return log.append('data', batch);
  });
  const origin: Origin = {
    installation: 'load-test',
    tenant: 'default',
    instance: 'capture',
    boot: String(sessions),
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array(),
    sign: undefined,
  };
  const waits: number[] = [];
  const end = performance.now() + seconds * 1000;
  const session = async (name: string): Promise<void> => {
    const stream = new EventStream(origin, name, { identity: 'load-test', target: 'orders' });
    const key = SessionKey.generate();
    while (performance.now() < end) {
      const before = performance.now();
      const commitment = key.commit('text', TEXT);
      const text = { kind: 'text', length: TEXT.length, commitment, bytes: TEXT };
      stream.append(committer.batch, FACTS, [text]);
      await committer.strict(undefined);
      waits.push(performance.now() - before);
    }
  };
  const names = Array.from({ length: sessions }, (_, at) => `session/${sessions}-${at}`);
  await Promise.all(names.map(session));
  await committer.drain();
  committer.stop();
  await log.close();
  return { sessions, commits, waits: Float64Array.from(waits).sort(), seconds };
}

function row({ sessions, commits, waits, seconds }: Measured): string {
  const at = (share: number) => waits[Math.floor(waits.length * share)] ?? Number.NaN;
  const cells = [
    sessions,
    Math.round(waits.length / seconds),
    (waits.length / commits).toFixed(1),
    at(0.5).toFixed(2),
    at(0.99).toFixed(2),
  ];
  return cells.map((cell, index) => String(cell).padStart(index === 0 ? 8 : 20)).join('');
}

async function bench(seconds: number): Promise<string> {
  const [load = 0] = loadavg();
  const directory = await mkdtemp(join(tmpdir(), 'steno-durable-commit-'));
  try {
    await measure(join(directory, 'warm-up'), 8, 1);
    const lines = [];
    for (const sessions of SESSIONS) {
      lines.push(row(await measure(join(directory, String(sessions)), sessions, seconds)));
    }
    const heads = ['commands/s', 'commands per commit', 'wait p50, ms', 'wait p99, ms'];
    return [
      'A command is durable in the embedded log: LMDB, one transaction and fdatasync per commit.',
      `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ` +
        `${cpus().length} cores, load ${load.toFixed(1)}, Node ${process.versions.node}`,
      '',
      `sessions${heads.map((head) => head.padStart(20)).join('')}`,
      ...lines,
    ].join('\n');
  } finally {
    await rm(directory, { recursive: true });
  }
}

const { values } = parseArgs({ options: { seconds: { type: 'string' } } });
const seconds = Number(values.seconds ?? SECONDS);
if (!(seconds >= 1)) throw new Error('--seconds must be a number from 1 on');
const report = await bench(seconds);
process.stdout.write(`${report}\n`);
if (seconds >= SECONDS) await writeFile(RESULTS, `${report}\n`);
