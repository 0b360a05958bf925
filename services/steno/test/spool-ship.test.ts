import { join } from 'node:path';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { KafkaLog } from '@steno/event-log/kafka';
import { EnvelopeSchema, SessionOpenedSchema } from '@steno/proto';
import type { Envelope } from '@steno/proto';
import {
  BatchWriter,
  EventStream,
  generatedFacts,
  readBatch,
  sessionClosed,
} from '@steno/sessions';
import { create, fromBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/index.js';
import type { Config } from '../src/index.js';
import { kafkaOptions } from '../src/data-directory/kafka-options.js';
import { dataLayout, makeFolders } from '../src/data-directory/layout.js';
import { openSpool } from '../src/data-directory/open-spool.js';
import { newOrigin } from '../src/up/parts/origin.js';
import { lockInstance } from '../src/up/socket-lock.js';
import { lines, makeFolder, steno } from './command-line.js';
import { partFolder } from './running-part.js';

const INSTANCE = 'steno-capture-3';
const NOWHERE = { brokers: ['127.0.0.1:9'] };

const folder = makeFolder();
const keys = join(folder.path, 'keys.json');
let kafka: EmbeddedKafka;

beforeAll(async () => {
  kafka = await startKafka({ directory: join(folder.path, 'kafka') });
  expect((await steno(['keys', 'create', keys])).code).toBe(0);
});
afterAll(async () => {
  await kafka.stop();
  folder.remove();
});

function configOf(directory: string): Config {
  const config = readConfig(join(directory, 'steno.yaml'));
  if (Array.isArray(config)) throw new Error('the configuration is wrong');
  return config;
}

/** The volume of a capture that died while Kafka was away: one session ended, one did not. */
async function leaveSpool(name: string): Promise<string> {
  const directory = partFolder(join(folder.path, name), { kafka: NOWHERE, keys });
  const config = configOf(directory);
  makeFolders(dataLayout(config));
  const { origin } = newOrigin(dataLayout(config), { role: 'capture', instance: INSTANCE });
  const log = await openSpool(config, INSTANCE, {
    kafka: config.kafka ?? expect.unreachable(),
    topics: ['data', 'control', 'activity'],
    onBacklog: () => undefined,
    warn: () => undefined,
  });
  const batch = new BatchWriter();
  for (const id of ['ended', 'left-open']) {
    const stream = `session/${id}`;
    const writer = new EventStream({ ...origin, sign: undefined }, stream, {
      identity: 'ci/deploy',
      target: 'orders',
    });
    const opened = create(SessionOpenedSchema, {});
    writer.append(batch, generatedFacts('sessionOpened', SessionOpenedSchema, opened), []);
    batch.noteOpened(stream);
    if (id === 'left-open') continue;
    const nothing = { commands: 0, errors: 0, rows: 0, bytes: 0 };
    writer.append(batch, sessionClosed(nothing, { reason: 'client-closed' }, 1), []);
    batch.noteClosed(stream);
  }
  await log.append('data', batch.take());
  await log.close();
  return directory;
}

function ship(directory: string, ...more: readonly string[]) {
  const config = join(directory, 'steno.yaml');
  return steno(['spool', 'ship', '--config', config, '--instance', INSTANCE, '--json', ...more]);
}

/** The code of the error that a command with --json ended with. */
const codeOf = (err: string): unknown => /"code":"(STENO-\d+)"/.exec(err)?.[1];

async function recorded(config: Config): Promise<readonly Envelope[]> {
  const options = kafkaOptions(config, config.kafka ?? expect.unreachable(), () => undefined);
  const log = new KafkaLog(options);
  const events: Envelope[] = [];
  for (const [partition, end] of await log.end('data')) {
    for (let offset = 0; offset < end;) {
      const entries = await log.read('data', { partition, offset }, 2 ** 20);
      for (const entry of entries) {
        const records = readBatch(entry.bytes);
        if ('malformed' in records) throw new Error(records.malformed);
        events.push(...records.map(({ raw }) => fromBinary(EnvelopeSchema, raw)));
      }
      offset = (entries.at(-1)?.offset ?? end) + 1;
    }
  }
  await log.close();
  return events;
}

describe('a spool that was left behind', () => {
  it('is shipped once, and what it left open is closed', async () => {
    const directory = await leaveSpool('left');
    // Its owner knew a broker that is gone; the same volume is mounted with another steno.yaml.
    partFolder(directory, { kafka, keys });
    const first = await ship(directory);
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(lines(first.out)).toEqual([
      { instance: INSTANCE, bytes: expect.any(Number), sessionsClosed: 1 },
    ]);
    const again = await ship(directory);
    expect(lines(again.out)).toEqual([{ instance: INSTANCE, bytes: 0, sessionsClosed: 0 }]);

    const events = await recorded(configOf(directory));
    const story = (stream: string) =>
      events.filter((event) => event.stream === stream).map(({ facts }) => facts);
    expect(story('session/ended').map(({ case: name }) => name)).toEqual([
      'sessionOpened',
      'sessionClosed',
    ]);
    expect(story('session/left-open')).toMatchObject([
      { case: 'sessionOpened' },
      { case: 'sessionClosed', value: { reason: 'process-lost' } },
    ]);
  });

  it('stays where Kafka is away', async () => {
    const directory = await leaveSpool('away');
    const { code, err, out } = await ship(directory, '--timeout', '1s');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(codeOf(err)).toBe('STENO-1030');
    partFolder(directory, { kafka, keys });
    expect((await ship(directory)).code).toBe(0);
  });

  it('is its owner’s while that runs', async () => {
    const directory = await leaveSpool('owned');
    const lock = await lockInstance(dataLayout(configOf(directory)), INSTANCE);
    const { code, err } = await ship(directory);
    lock.release();
    expect({ code, error: codeOf(err) }).toEqual({ code: 3, error: 'STENO-1031' });
  });

  it('must be there, by its name', async () => {
    const directory = partFolder(join(folder.path, 'none'), { kafka, keys });
    const { code, err } = await ship(directory);
    expect({ code, error: codeOf(err) }).toEqual({ code: 3, error: 'STENO-1035' });
  });
});
