import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { lstat, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchKafka, startKafka } from '../src/index.js';
import type { EmbeddedKafka, KafkaOptions } from '../src/index.js';

const SUPERVISOR = fileURLToPath(new URL('../bin/kafka-supervisor.mjs', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const TOPIC = 'kept';
const USERNAME = 'app';
const PASSWORD = 'it\'s "a" \\ sécret';
const ISSUER = 'https://issuer.example';
const AUDIENCE = 'kafka.example';

let parent: string;
let directory: string;
let certificate: string;
let options: Omit<KafkaOptions, 'directory'>;
/** The one that the tests below share, each leaving it up. */
let broker: EmbeddedKafka;
let bearer: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'steno-kafka-'));
  directory = join(parent, 'kafka');
  certificate = await readFile(join(FIXTURES, 'server.crt'), 'utf8');
  const key = await readFile(join(FIXTURES, 'server.key'), 'utf8');
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  bearer = await new SignJWT({ scope: 'kafka' })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('bot')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  options = {
    users: [{ username: USERNAME, password: PASSWORD }],
    oauthbearer: { issuer: ISSUER, audience: AUDIENCE, keys: JSON.stringify({ keys: [jwk] }) },
    tls: { certificate, key },
  };
  broker = await startKafka({ directory, ...options });
  await withAdmin({ brokers: [...broker.brokers] }, (admin) =>
    admin.createTopics({ topics: [{ topic: TOPIC }], waitForLeaders: true }),
  );
});

afterAll(async () => {
  await broker.stop();
  await rm(parent, { recursive: true });
});

function client(config: KafkaConfig): Kafka {
  return new Kafka({ logLevel: logLevel.NOTHING, retry: { retries: 0 }, ...config });
}

async function withAdmin<T>(
  config: KafkaConfig,
  use: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  const admin = client(config).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

const topics = (config: KafkaConfig) => withAdmin(config, (admin) => admin.listTopics());

async function produce(text: string): Promise<void> {
  const producer = client({ brokers: [...broker.brokers] }).producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, acks: -1, messages: [{ value: text }] });
  await producer.disconnect();
}

/** As many messages as there are, by a group of its own, from the first on. */
async function consume(groupId: string, count: number): Promise<string[]> {
  // The coordinator of groups loads when it is asked for the first time.
  const consumer = client({ brokers: [...broker.brokers], retry: { retries: 20 } }).consumer({
    groupId,
  });
  const texts: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await new Promise<void>((settle, fail) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          texts.push(String(message.value));
          if (texts.length === count) settle();
        },
      })
      .catch(fail);
  });
  await consumer.disconnect();
  return texts;
}

async function restart(): Promise<void> {
  const [before = ''] = broker.brokers;
  broker = await startKafka({ directory, ...options, port: Number(before.split(':')[1]) });
  expect(broker.brokers).toEqual([before]);
}

/** As of proc(5): a thread that waits for a processor may answer before it takes the signal. */
function threadStates(pid: number): ReadonlySet<string | undefined> {
  const stats = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8'),
  );
  return new Set(stats.map((stat) => /\) (\w) /.exec(stat)?.[1]));
}

describe('the embedded Kafka', () => {
  it('takes messages and gives them back', async () => {
    await produce('first');
    expect(await consume('one', 1)).toEqual(['first']);
  });

  it('makes no topic by itself', async () => {
    const config = { brokers: [...broker.brokers] };
    await expect(
      withAdmin(config, (admin) => admin.fetchTopicMetadata({ topics: ['missing'] })),
    ).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    expect(await topics(config)).not.toContain('missing');
  });

  it('stops cleanly and goes on with its data', async () => {
    await broker.stop();
    expect((await broker.exited).code).toBe(0);
    await expect(topics({ brokers: [...broker.brokers] })).rejects.toThrow('ECONNREFUSED');
    await broker.stop();
    await restart();
    await produce('second');
    expect(await consume('two', 2)).toEqual(['first', 'second']);
  });

  it('goes on with its data after kill -9', async () => {
    broker.kill('SIGKILL');
    expect((await broker.exited).code).not.toBe(0);
    broker.kill('SIGKILL');
    await restart();
    expect(await consume('three', 2)).toEqual(['first', 'second']);
  });

  it('can be made not to answer, and goes on', async () => {
    broker.kill('SIGSTOP');
    const config = { brokers: [...broker.brokers], requestTimeout: 200, connectionTimeout: 200 };
    try {
      await expect.poll(() => threadStates(broker.pid)).toEqual(new Set(['T']));
      await expect(topics(config)).rejects.toThrow(/timed? ?out/i);
    } finally {
      broker.kill('SIGCONT');
    }
    expect(await topics({ brokers: [...broker.brokers] })).toContain(TOPIC);
  });
});

describe('its users', () => {
  const as = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', password: string) =>
    topics({
      brokers: [...broker.saslBrokers],
      sasl: { mechanism, username: USERNAME, password } as KafkaConfig['sasl'] & object,
    });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'get in by %s with their password and no other',
    async (mechanism) => {
      expect(await as(mechanism, PASSWORD)).toContain(TOPIC);
      await expect(as(mechanism, 'wrong')).rejects.toThrow(/authentication failed/i);
    },
  );

  it('get in by oauthbearer with a token of the issuer and no other', async () => {
    const by = (value: string) =>
      topics({
        brokers: [...broker.saslBrokers],
        sasl: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value }) },
      });
    expect(await by(bearer)).toContain(TOPIC);
    const [header = '', payload = ''] = bearer.split('.');
    await expect(by(`${header}.${payload}.AAAA`)).rejects.toThrow();
  });

  it('do not get in without a password', async () => {
    await expect(topics({ brokers: [...broker.saslBrokers] })).rejects.toThrow();
  });

  it('have their passwords in no file that others may read', async () => {
    expect((await stat(join(directory, 'server.properties'))).mode & 0o777).toBe(0o600);
    await expect(stat(join(directory, 'format.users'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(directory, 'server.log'), 'utf8')).not.toContain('cret');
  });
});

describe('TLS', () => {
  it('proves the broker', async () => {
    const brokers = [...broker.tlsBrokers];
    expect(await topics({ brokers, ssl: { ca: certificate } })).toContain(TOPIC);
    await expect(topics({ brokers, ssl: true })).rejects.toThrow(/self.signed/);
  });
});

describe('a start that cannot be', () => {
  it('is refused on a directory in use', async () => {
    const second = startKafka({ directory, ...options, lockDeadlineMs: 0 });
    await expect(second).rejects.toMatchObject({
      code: 'STENO-6023',
      reason: 'directory-in-use',
      message: expect.stringContaining(directory),
    });
    expect(await topics({ brokers: [...broker.brokers] })).toContain(TOPIC);
  });

  it('says what a wrong setting is', async () => {
    await broker.stop();
    const settings = { 'num.partitions': 'many' };
    await expect(startKafka({ directory, settings })).rejects.toMatchObject({
      reason: 'start-failed',
      message: expect.stringContaining('num.partitions'),
    });
  });

  it('is refused on a port in use', async () => {
    const holder = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expect(startKafka({ directory, port })).rejects.toMatchObject({
        reason: 'port-in-use',
        message: expect.stringContaining(String(port)),
      });
    } finally {
      holder.close();
    }
  });
});

describe('the supervisor', () => {
  it('ends the broker when its parent dies', async () => {
    const classes = join(await fetchKafka(), '*');
    const properties = join(directory, 'server.properties');
    const lock = join(directory, 'lock');
    const args = ['-Xmx256m', '-cp', classes, 'kafka.Kafka', properties];
    const plan = JSON.stringify({ args, env: { PATH: process.env['PATH'] }, lock });
    const script = `
      require('node:child_process').spawn(
        process.execPath, ${JSON.stringify([SUPERVISOR, plan])},
        { detached: true, stdio: ['pipe', 'inherit', 'ignore'] });`;
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const parentProcess = spawn(process.execPath, ['-e', script], { stdio: [...stdio] });
    const [output] = (await once(parentProcess.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(isAlive(pid)).toBe(true);
    parentProcess.kill('SIGKILL');
    while (isAlive(pid) || (await isLocked(lock))) await delay(50);
  });
});

const isLocked = (lock: string) =>
  lstat(lock).then(
    () => true,
    () => false,
  );

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
