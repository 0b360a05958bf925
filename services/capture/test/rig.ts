import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { startPostgres } from '@steno/embedded-postgres';
import type { AuthMethod, EmbeddedPostgres } from '@steno/embedded-postgres';
import { MemoryLog } from '@steno/event-log/memory';
import type { EventLog } from '@steno/event-log';
import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope, Topic } from '@steno/proto';
import {
  certifyInstance,
  chainBreak,
  emptyHead,
  installationOf,
  leafHash,
  newBootKey,
  newSigningKey,
  readBatch,
  systemClock,
} from '@steno/sessions';
import type { Origin, StoredRecord } from '@steno/sessions';
import { makeTokenVerifier, startCapture } from '../src/index.js';
import type { CaptureLimits, CaptureOptions, RunningCapture, Target } from '../src/index.js';

const MIB = 1024 * 1024;
const ISSUER = 'urn:test:issuer';
const AUDIENCE = 'steno';

export const LIMITS: CaptureLimits = {
  authDeadlineMs: 10_000,
  preAuthPerSource: 128,
  sessions: 1_000,
  outputPerResponseBytes: 64 * MIB,
  outputPerSessionBytes: 1024 * MIB,
  inputPerCommandBytes: 64 * MIB,
  commandBytes: 16 * MIB,
  messageBytes: 1024 * MIB,
  preparedStatements: 10_000,
  pipelinedCommands: 10_000,
  connectTimeoutMs: 10_000,
};

/** An event of the log with what came beside it. */
export interface LoggedEvent {
  readonly envelope: Envelope;
  readonly hash: string;
  readonly record: StoredRecord;
}

export interface Rig {
  readonly target: EmbeddedPostgres;
  readonly log: EventLog;
  readonly capture: RunningCapture;
  readonly port: number;
  readonly warnings: string[];
  token(claims?: Readonly<Record<string, unknown>>, change?: (jwt: SignJWT) => SignJWT): Promise<string>;
  /** All events of a topic in the log's order, the chain of each stream checked. */
  events(topic: Topic): Promise<readonly LoggedEvent[]>;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly auth?: AuthMethod;
  readonly targets?: (target: EmbeddedPostgres) => readonly Target[];
  readonly limits?: Partial<CaptureLimits>;
  readonly rules?: Partial<CaptureOptions['rules']>;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly log?: EventLog;
}

export function targetAt(target: EmbeddedPostgres, change: Partial<Target> = {}): Target {
  return {
    name: 'shop',
    protocol: 'postgres',
    host: target.host,
    port: target.port,
    database: 'postgres',
    environment: '',
    owner: '',
    credential: {
      username: target.username,
      reference: 'env:TEST',
      password: () => Promise.resolve(target.password),
    },
    tls: { mode: 'disable' },
    durability: 'strict',
    capture: { mode: 'all' },
    ...change,
  };
}

function newOrigin() {
  const clock = systemClock();
  const root = newSigningKey();
  const instance = { instance: 'capture-1', role: 'capture' as const, issuedAt: clock() };
  const key = newBootKey(certifyInstance(root.privateKey, instance));
  const origin: Origin = {
    installation: installationOf(root.publicKey),
    tenant: 'default',
    instance: 'capture-1',
    boot: randomUUID(),
    clock,
    counter: { emitted: 0 },
    attest: key.attest,
    sign: key.sign,
  };
  return { origin, rootPublicKey: root.publicKey };
}

/** A real Postgres, a capture in front of it, and an issuer of tokens. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-capture-'));
  const target = await startPostgres({
    directory,
    superuser: 'app',
    password: 'backend-secret',
    auth: options.auth,
    settings: { fsync: 'off' },
  });
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const log = options.log ?? new MemoryLog();
  const warnings: string[] = [];
  const publicJwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'k' };
  const capture = await startCapture({
    ...newOrigin(),
    log,
    installationKey: randomBytes(32),
    version: 'test',
    verifier: makeTokenVerifier({
      issuers: [],
      development: { issuer: ISSUER, audience: AUDIENCE, publicJwk },
    }),
    targets: options.targets?.(target) ?? [targetAt(target)],
    postgres: { host: '127.0.0.1', port: 0, tls: options.tls, insecure: false },
    limits: { ...LIMITS, ...options.limits },
    rules: {
      idleTimeoutMs: 0,
      totalTimeoutMs: 0,
      endWithToken: false,
      drainMs: 1_000,
      ...options.rules,
    },
    warn: (message) => warnings.push(message),
  });
  return {
    target,
    log,
    capture,
    port: capture.gateways.postgres?.port ?? 0,
    warnings,
    token: (claims = {}, change = (jwt) => jwt) => {
      const jwt = new SignJWT({ sub: 'ci/deploy', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('15m');
      return change(jwt).sign(privateKey);
    },
    events: (topic) => readEvents(log, topic),
    stop: async () => {
      await capture.stop();
      await log.close();
      await target.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function readEvents(log: EventLog, topic: Topic): Promise<LoggedEvent[]> {
  const heads = new Map<string, { next: number; hash: string }>();
  const events: LoggedEvent[] = [];
  let offset = 0;
  for (;;) {
    const entries = await log.read(topic, { partition: 0, offset }, 64 * MIB);
    const last = entries.at(-1);
    if (last === undefined) return events;
    offset = last.offset + 1;
    for (const { bytes } of entries) {
      const records = readBatch(bytes);
      if ('malformed' in records) throw new Error(records.malformed);
      for (const record of records) {
        if (record.raw.length === 0) continue;
        const envelope = fromBinary(EnvelopeSchema, record.raw);
        const head = heads.get(envelope.stream) ?? emptyHead(envelope.stream);
        const previous = Buffer.from(envelope.previous).toString('hex');
        const broken = chainBreak(head, Number(envelope.position), previous);
        if (broken !== undefined) throw new Error(`${envelope.stream}: ${broken}`);
        const hash = leafHash(record.raw);
        heads.set(envelope.stream, { next: head.next + 1, hash });
        events.push({ envelope, hash, record });
      }
    }
  }
}
