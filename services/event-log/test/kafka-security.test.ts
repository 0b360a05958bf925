import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { LogUnavailable } from '@steno/event-log';
import { KafkaLog } from '@steno/event-log/kafka';
import type { KafkaOptions, KafkaSasl } from '@steno/event-log/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestStream, textsOf } from './test-stream.js';
import { TokenIssuer } from './token-issuer.js';

const FIRST = { partition: 0, offset: 0 };
const USERNAME = 'steno';
const PASSWORD = 'p-4f81"\\, sécret';
/** Of a token, and so of the session that it opens. */
const TOKEN_MS = 12_000;
const RENEW_MS = 1_000;

const fixture = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const certificate = fixture('embedded-kafka/test/fixtures/server.crt');
const otherCertificate = fixture('embedded-postgres/test/fixtures/server.crt');

const folder = mkdtempSync(join(tmpdir(), 'steno-kafka-'));
const tokenFile = join(folder, 'token');
const warned: string[] = [];
const open: KafkaLog[] = [];
let issuer: TokenIssuer;
let broker: EmbeddedKafka;

beforeAll(async () => {
  issuer = await TokenIssuer.make();
  broker = await startKafka({
    directory: join(folder, 'kafka'),
    users: [{ username: USERNAME, password: PASSWORD }],
    oauthbearer: issuer,
    tls: { certificate, key: fixture('embedded-kafka/test/fixtures/server.key') },
    settings: {
      'listener.name.sasl_tls.oauthbearer.connections.max.reauth.ms': String(3_600_000),
      // A token that has expired is refused at once.
      'listener.name.sasl_tls.sasl.oauthbearer.clock.skew.seconds': '0',
    },
  });
  giveToken(await issuer.token('1h'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((log) => log.close()));
  warned.length = 0;
});
afterAll(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true });
});

/** As what issues them does: whoever reads the file finds the one or the other. */
function giveToken(token: string): void {
  writeFileSync(`${tokenFile}.new`, token);
  renameSync(`${tokenFile}.new`, tokenFile);
}

const byPassword = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', password = PASSWORD) =>
  ({ mechanism, username: USERNAME, password }) as const;
const byToken: KafkaSasl = {
  mechanism: 'oauthbearer',
  token: () => Promise.resolve(readFileSync(tokenFile, 'utf8')),
};

function logBy(sasl: KafkaSasl, more: Partial<KafkaOptions> = {}): KafkaLog {
  const log = new KafkaLog({
    brokers: broker.saslTlsBrokers,
    topicPrefix: sasl.mechanism,
    partitions: 1,
    replicationFactor: -1,
    tls: { ca: certificate, cert: undefined, key: undefined },
    sasl,
    warn: (message) => warned.push(message),
    ...more,
  });
  open.push(log);
  return log;
}

/** What an append is refused with; that shows no secret, wherever it is printed. */
async function refusalOf(log: KafkaLog, ...secrets: readonly string[]): Promise<LogUnavailable> {
  const append = log.append('data', new TestStream('activity/refused').batch('refused'));
  const refusal = await append.then(
    () => expect.unreachable('it was taken'),
    (error: unknown) => error,
  );
  if (!(refusal instanceof LogUnavailable)) throw refusal;
  // How `steno` knows it for STENO-1030.
  expect(refusal.message).toMatch(/^Kafka/);
  const printed = `${inspect(refusal, { depth: Infinity })} ${warned.join(' ')}`;
  for (const secret of secrets) {
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(Buffer.from(secret).toString('base64'));
  }
  return refusal;
}

/** Follows a log until it has seen as many events. */
async function followed(log: KafkaLog, count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  const enough = new AbortController();
  await log.subscribe(
    'data',
    new Map(),
    (entries) => {
      seen.push(...textsOf(entries));
      if (seen.length >= count) enough.abort();
      return Promise.resolve();
    },
    enough.signal,
  );
  return seen;
}

const LOGINS: readonly KafkaSasl[] = [
  byPassword('plain'),
  byPassword('scram-sha-256'),
  byPassword('scram-sha-512'),
  byToken,
];

describe.each(LOGINS.map((sasl) => [sasl.mechanism, sasl] as const))(
  'signed in by %s',
  (_, sasl) => {
    it('a log is written, read and followed over TLS', async () => {
      const log = logBy(sasl);
      const stream = new TestStream('activity/test-1/boot-1');
      await log.append('data', stream.batch('a', 'b'));
      expect(textsOf(await log.read('data', FIRST, 1024))).toEqual(['a', 'b']);
      const following = followed(log, 3);
      await log.append('data', stream.batch('c'));
      expect(await following).toEqual(['a', 'b', 'c']);
      expect(warned).toEqual([]);
    });

    it('a log is shared by the members of a group', async () => {
      const log = logBy(sasl);
      const seen: string[] = [];
      const enough = new AbortController();
      const consumer = {
        resume: () => Promise.resolve(0),
        handle: (entries: Parameters<typeof textsOf>[0]) => {
          seen.push(...textsOf(entries));
          if (seen.length >= 3) enough.abort();
          return Promise.resolve();
        },
      };
      await log.share('data', 'readers', consumer, enough.signal);
      expect(seen).toEqual(['a', 'b', 'c']);
    });

    it('a log talks to no broker that another CA vouches for', async () => {
      const tls = { ca: otherCertificate, cert: undefined, key: undefined };
      const refusal = await refusalOf(
        logBy(sasl, { tls }),
        PASSWORD,
        readFileSync(tokenFile, 'utf8'),
      );
      expect(refusal.message).toMatch(/self-signed certificate/);
    });
  },
);

describe.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('by %s', (mechanism) => {
  it('nobody gets in with a wrong password', async () => {
    const wrong = 'wr0ng-9a2c';
    const refusal = await refusalOf(logBy(byPassword(mechanism, wrong)), wrong);
    expect(refusal.message).toMatch(/authentication failed/i);
  });
});

describe('a token', () => {
  it('is asked for again before the session that it opened ends', async () => {
    const renew = async (): Promise<void> => {
      giveToken(await issuer.token(`${TOKEN_MS / 1_000}s`));
    };
    await renew();
    const firstEnds = Date.now() + TOKEN_MS;
    const renewing = setInterval(() => void renew(), RENEW_MS);
    const log = logBy(byToken, { topicPrefix: 'renewed' });
    const stream = new TestStream('activity/test-1/boot-1');
    const stop = new AbortController();
    const seen: string[] = [];
    const following = log.subscribe(
      'data',
      new Map(),
      (entries) => Promise.resolve(void seen.push(...textsOf(entries))),
      stop.signal,
    );
    const written: string[] = [];
    while (Date.now() < firstEnds + RENEW_MS) {
      const text = String(written.length);
      await log.append('data', stream.batch(text));
      written.push(text);
      await delay(RENEW_MS / 4);
    }
    clearInterval(renewing);
    while (seen.length < written.length) await delay(RENEW_MS / 4);
    stop.abort();
    await following;
    expect(seen).toEqual(written);
    expect(warned).toEqual([]);
  });

  it('that the broker does not take is said to be so, and asked for again', async () => {
    const expired = await issuer.token('1 second ago');
    giveToken(expired);
    const log = logBy(byToken, { topicPrefix: 'expired' });
    const refusal = await refusalOf(log, expired);
    expect(refusal.message).toMatch(/OAUTHBEARER authentication failed: .*invalid_token/);
    giveToken(await issuer.token('1h'));
    await log.append('data', new TestStream('activity/test-1/boot-1').batch('a'));
    expect(textsOf(await log.read('data', FIRST, 1024))).toEqual(['a']);
  });

  it('that cannot be had is said to be so', async () => {
    const reason = 'there is no file';
    const token = () => Promise.reject(new Error(reason));
    const log = logBy({ mechanism: 'oauthbearer', token }, { topicPrefix: 'none' });
    expect((await refusalOf(log)).message).toContain(reason);
  });
});
