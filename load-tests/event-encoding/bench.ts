import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import {
  BatchWriter,
  EventStream,
  commandSubmitted,
  leafHash,
  readBatch,
  systemClock,
} from '@steno/sessions';

// What it takes to serialize and hash the event of a command: by hand as capture does, and by the
// code that is generated from the schema.

const RESULTS = fileURLToPath(new URL('../../event-encoding/results.txt', import.meta.url));
const EVENTS = 100_000;
const EVENTS_PER_BATCH = 100;
const ROUNDS = 5;
const TEXT = Buffer.from('SELECT id, status, total FROM orders WHERE customer = 4711');
const NOTE = { kind: 'text', length: TEXT.length, commitment: 'ab'.repeat(32) };

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

function newStream(): EventStream {
  const origin = {
    installation: '0123456789abcdef0123456789abcdef',
    tenant: 'default',
    instance: 'capture',
    boot: '01a2022c-34d3-4c1b-8b57-eef1246c740e',
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array(),
    sign: undefined,
  };
  const of = { identity: 'ci/deploy', target: 'orders' };
  return new EventStream(origin, 'session/01a2022c-34d3-79cf-bf57-eef1246c740e', of);
}

function byHand(): void {
  const stream = newStream();
  const batch = new BatchWriter();
  for (let event = 1; event <= EVENTS; event += 1) {
    stream.append(batch, FACTS, [NOTE]);
    if (event % EVENTS_PER_BATCH === 0) batch.take();
  }
}

/** The same events, each made and serialized by the generated code; what is the same is shared. */
function byGeneratedCode(): void {
  const batch = new BatchWriter();
  newStream().append(batch, FACTS, [NOTE]);
  const records = readBatch(batch.take().bytes);
  if ('malformed' in records || records[0] === undefined) throw new Error('no event to begin with');
  const first = fromBinary(EnvelopeSchema, records[0].raw);
  const clock = systemClock();
  let previous = first.previous;
  for (let event = 1; event <= EVENTS; event += 1) {
    const now = clock();
    const envelope = create(EnvelopeSchema, {
      ...first,
      position: BigInt(event),
      emitted: BigInt(event),
      previous,
      occurredAt: now,
      recordedAt: now,
    });
    const raw = toBinary(EnvelopeSchema, envelope);
    previous = Buffer.from(leafHash(raw), 'hex');
    batch.event(envelope.stream, raw, []);
    if (event % EVENTS_PER_BATCH === 0) batch.take();
  }
}

/** Microseconds of processor time for each event: a busy machine only adds to it. */
function microsecondsEach(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / EVENTS;
  });
  return Math.min(...times);
}

const [load = 0] = loadavg();
const hand = microsecondsEach(byHand);
const generated = microsecondsEach(byGeneratedCode);
const report = [
  'Serializing, hashing and batching the event of a command: microseconds of processor time each.',
  `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ` +
    `${cpus().length} cores, load ${load.toFixed(1)}, Node ${process.versions.node}`,
  '',
  `by hand         ${hand.toFixed(1).padStart(6)}`,
  `generated code  ${generated.toFixed(1).padStart(6)}`,
].join('\n');
process.stdout.write(`${report}\n`);
await writeFile(RESULTS, `${report}\n`);
