import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { copyIn, GIB_ROWS, openClient, readRows } from './bulk.js';
import { makeDirectory, say, startDatabase } from './environment.js';
import { describeMachine } from './machine.js';
import type { Endpoint } from './pgbench.js';
import { memoryOf, processTree } from './process-tree.js';
import type { Memory } from './process-tree.js';
import type { Cleanup } from './processes.js';
import { median } from './report.js';
import { runCommand } from './run-command.js';
import { Steno } from './steno.js';

// What Steno may cost besides speed: memory under large results and inputs, memory of idle
// sessions, time to connect. All with `durability: strict`, the default, and output kept.

const RESULTS = fileURLToPath(new URL('../../postgres/limits.txt', import.meta.url));
const USAGE = 'usage: limits:postgres (it takes no arguments)';

const CONNECTS = 200;
const CONNECT_WARM_UP = 20;
const IDLE_SESSIONS = 500;
const IDLE_WARM_UP = 50;
/** Below what one source may have waiting before authentication. */
const OPENED_AT_ONCE = 50;
const SAMPLE_MS = 50;
const MB = 1_000_000;

interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly bar: number;
  readonly unit: 'MB' | 'KB' | 'ms';
  readonly note: string;
}

async function limits(_options: unknown, cleanup: Cleanup): Promise<number> {
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  const database = await startDatabase(directory, cleanup);
  say('» steno up');
  const steno = await Steno.start(
    `${directory}/steno`,
    { target: database, broker: undefined },
    cleanup,
  );
  const gateway = steno.endpoint('strict');
  const capture = await captureProcess(steno.pid);
  const measurements = [
    await connectTime(gateway, database),
    await idleSessions(gateway, capture),
    await extraMemory('1 GiB result', steno, capture, () => readRows(gateway, GIB_ROWS)),
    await extraMemory('1 GiB COPY FROM STDIN', steno, capture, () => copyIn(gateway, GIB_ROWS)),
  ];
  const title = 'Steno with durability: strict, output: all';
  const report = `${[title, machine, table(measurements)].join('\n\n')}\n`;
  process.stdout.write(report);
  await writeFile(RESULTS, report);
  return measurements.every(isReached) ? 0 : 1;
}

/** The process of Steno that relays. */
async function captureProcess(supervisor: number): Promise<number> {
  const [, ...children] = await processTree(supervisor);
  const found = children.filter(({ command }) => command.includes('capture'));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first.pid;
  const all = children.map(({ command }) => command).join('\n');
  throw new Error(
    `wanted one process of Steno that is called capture, got ${found.length}:\n${all}`,
  );
}

async function connectTime(gateway: Endpoint, database: Endpoint): Promise<Measurement> {
  say(`connecting ${CONNECTS} times, to Steno and directly in turn`);
  const times: { steno: number; direct: number }[] = [];
  for (let count = 0; count < CONNECTS + CONNECT_WARM_UP; count += 1) {
    times.push({ direct: await timeToConnect(database), steno: await timeToConnect(gateway) });
  }
  const counted = times.slice(CONNECT_WARM_UP);
  const direct = median(counted.map((time) => time.direct));
  return {
    what: 'connect and authenticate',
    value: median(counted.map((time) => time.steno)),
    bar: 15,
    unit: 'ms',
    note: `median of ${CONNECTS} with one token; directly, by SCRAM, ${direct.toFixed(1)} ms`,
  };
}

async function timeToConnect(endpoint: Endpoint): Promise<number> {
  const before = performance.now();
  const client = await openClient(endpoint);
  const took = performance.now() - before;
  await client.end();
  return took;
}

async function idleSessions(gateway: Endpoint, capture: number): Promise<Measurement> {
  say(`opening ${IDLE_SESSIONS} sessions`);
  await closeAll(await openMany(gateway, IDLE_WARM_UP));
  const before = await settledMemory(capture);
  const clients = await openMany(gateway, IDLE_SESSIONS);
  const after = await settledMemory(capture);
  await closeAll(clients);
  return {
    what: `memory of an idle session`,
    value: (after.resident - before.resident) / IDLE_SESSIONS / 1_000,
    bar: 100,
    unit: 'KB',
    note: `${IDLE_SESSIONS} without TLS, one statement run in each; ${inMb(before)} before`,
  };
}

async function openMany(gateway: Endpoint, count: number): Promise<pg.Client[]> {
  const clients: pg.Client[] = [];
  while (clients.length < count) {
    const batch = Math.min(OPENED_AT_ONCE, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: batch }, () => openClient(gateway)))));
  }
  for (const client of clients) await client.query('SELECT 1');
  return clients;
}

async function closeAll(clients: readonly pg.Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.end()));
}

async function extraMemory(
  what: string,
  steno: Steno,
  capture: number,
  load: () => Promise<void>,
): Promise<Measurement> {
  say(what);
  await steno.untilQuiet();
  const before = await memoryOf(capture);
  const started = performance.now();
  const peak = await peakMemory(capture, load);
  const seconds = (performance.now() - started) / 1000;
  return {
    what: `extra memory, ${what}`,
    value: (peak.resident - before.resident) / MB,
    bar: 150,
    unit: 'MB',
    note:
      `${inMb(before)} before, ${inMb(peak)} at most, ` +
      `${((peak.file - before.file) / MB).toFixed(0)} MB more in mapped files; ` +
      `${seconds.toFixed(0)} s`,
  };
}

/** The most that the process held while `load` ran. */
async function peakMemory(pid: number, load: () => Promise<void>): Promise<Memory> {
  let ended = false;
  const running = load().finally(() => (ended = true));
  let peak = await memoryOf(pid);
  while (!ended) {
    const now = await memoryOf(pid);
    if (now.resident > peak.resident) peak = now;
    await Promise.race([running, delay(SAMPLE_MS)]);
  }
  await running;
  return peak;
}

/** Once it has not changed by more than a MB for a while. */
async function settledMemory(pid: number): Promise<Memory> {
  let before = await memoryOf(pid);
  for (let polls = 0; polls < 60; polls += 1) {
    await delay(1_000);
    const now = await memoryOf(pid);
    if (Math.abs(now.resident - before.resident) < MB) return now;
    before = now;
  }
  return before;
}

const isReached = ({ value, bar }: Measurement) => value < bar;
const inMb = ({ resident }: Memory) => `${(resident / MB).toFixed(0)} MB`;

function table(measurements: readonly Measurement[]): string {
  return measurements
    .map((each) => {
      const { what, value, bar, unit, note } = each;
      const verdict = isReached(each) ? 'PASS' : 'MISSED';
      const measured = `${value.toFixed(1)} ${unit}`.padStart(12);
      return `${what.padEnd(36)}${measured}   bar < ${bar} ${unit}: ${verdict}\n  ${note}`;
    })
    .join('\n');
}

await runCommand(USAGE, (args) => parseArgs({ args: [...args], options: {} }), limits);
