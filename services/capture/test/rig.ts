import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@steno/event-log';
import { MemoryLog } from '@steno/event-log/memory';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres, PostgresOptions } from '@steno/embedded-postgres';
import type { PolicyFile } from '@steno/policy';
import type { Topic } from '@steno/proto';
import { certifyInstance, installationOf, newBootKey, newSigningKey } from '@steno/sessions';
import { systemClock } from '@steno/sessions';
import type { InstanceRole, Origin } from '@steno/sessions';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { makeTokenVerifier, startCapture } from '../src/index.js';
import type {
  CaptureLimits,
  CaptureOptions,
  Credential,
  IssuerSettings,
  RunningCapture,
  Target,
} from '../src/index.js';
import type { CatalogSource } from '../src/protocols/postgres/catalog-reader.js';
import { SessionRecord, TopicReader } from './record.js';
import type { RecordedEvent } from './record.js';

const MIB = 1024 * 1024;
const DEADLINE_MS = 60_000;
const LOOK_MS = 5;
export const ISSUER = 'urn:test:issuer';
export const AUDIENCE = 'steno';
export const BACKEND_PASSWORD = 'backend-secret-0815';

export const LIMITS: CaptureLimits = {
  authDeadlineMs: 10_000,
  preAuthPerSource: 128,
  sessions: 1_000,
  outputPerResponseBytes: 64 * MIB,
  outputPerSessionBytes: 1024 * MIB,
  inputPerCommandBytes: 64 * MIB,
  maskedMessageBytes: 16 * MIB,
  commandBytes: 16 * MIB,
  messageBytes: 1024 * MIB,
  preparedStatements: 10_000,
  pipelinedCommands: 10_000,
  connectTimeoutMs: 10_000,
  waitingPerIdentity: 20,
};

const signing = await generateKeyPair('ES256');
export const publicJwk = { ...(await exportJWK(signing.publicKey)), alg: 'ES256', kid: 'k' };

/** A token of the test's issuer; `change` spoils it. */
export function makeToken(
  subject: string,
  change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
  key: typeof signing.privateKey = signing.privateKey,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const jwt = new SignJWT({ sub: subject, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('15m');
  return change(jwt).sign(key);
}

/** Looks until there is an answer; the deadline is for a test that fails. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await delay(LOOK_MS);
  }
}

export interface TestTarget extends EmbeddedPostgres {
  readonly directory: string;
  remove(): Promise<void>;
}

/** A real Postgres of its own. */
export async function startTarget(options: Partial<PostgresOptions> = {}): Promise<TestTarget> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-capture-'));
  const server = await startPostgres({
    directory,
    superuser: 'app',
    password: BACKEND_PASSWORD,
    ...options,
    settings: { fsync: 'off', ...options.settings },
  });
  return {
    ...server,
    directory,
    remove: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** To read the catalog of. */
export function sourceAt(target: Target): CatalogSource {
  return { target, credential: target.credential, sealed: new Map() };
}

/** One that is always there. */
export function credentialOf(username: string, password: string): Credential {
  const lease = { username, password, hold: undefined };
  return { username, reference: 'env:TEST', lease: () => Promise.resolve(lease) };
}

export function targetAt(
  server: Pick<EmbeddedPostgres, 'host' | 'port' | 'username'>,
  change: Partial<Target> = {},
): Target {
  return {
    name: 'shop',
    protocol: 'postgres',
    host: server.host,
    port: server.port,
    database: 'postgres',
    environment: '',
    owner: '',
    credential: credentialOf(server.username, BACKEND_PASSWORD),
    groupCredentials: [],
    tls: { mode: 'disable' },
    durability: 'strict',
    capture: { mode: 'all' },
    ...change,
  };
}

/** The keys of one installation, so that several processes can write to one log. */
export class TestInstallation {
  constructor(
    readonly root = newSigningKey(),
    readonly key = randomBytes(32),
  ) {}

  origin(instance: string, role: InstanceRole, of = this.root): Origin {
    const clock = systemClock();
    const credential = certifyInstance(of.privateKey, { instance, role, issuedAt: clock() });
    const { attest, sign } = newBootKey(credential);
    return {
      installation: installationOf(this.root.publicKey),
      tenant: 'default',
      instance,
      boot: randomUUID(),
      clock,
      counter: { emitted: 0 },
      attest: (stream) => attest(stream),
      sign: (hash) => sign(hash),
    };
  }
}

export interface RigOptions {
  readonly targets: readonly Target[];
  readonly limits?: Partial<CaptureLimits>;
  readonly rules?: Partial<CaptureOptions['rules']>;
  readonly gateway?: Partial<CaptureOptions['postgres']>;
  readonly committer?: CaptureOptions['committer'];
  readonly policies?: readonly PolicyFile[];
  readonly registration?: CaptureOptions['registration'];
  readonly issuers?: readonly IssuerSettings[];
  /** For the checks of tokens. */
  readonly now?: () => number;
  readonly consoleUrl?: string;
  readonly log?: EventLog;
  readonly installation?: TestInstallation;
  readonly instance?: string;
}

/** Where a client connects, and as whom. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

/** A capture in front of targets, with the means to read what it wrote. */
export class Rig {
  private readonly readers = new Map<Topic, TopicReader>();

  private constructor(
    readonly capture: RunningCapture,
    readonly log: EventLog,
    readonly installation: TestInstallation,
    readonly warnings: readonly string[],
  ) {}

  static async start(options: RigOptions): Promise<Rig> {
    const log = options.log ?? new MemoryLog();
    const installation = options.installation ?? new TestInstallation();
    const warnings: string[] = [];
    const capture = await startCapture({
      log,
      origin: installation.origin(options.instance ?? 'capture-1', 'capture'),
      rootPublicKey: installation.root.publicKey,
      installationKey: installation.key,
      version: 'test',
      verifier: makeTokenVerifier({
        issuers: options.issuers ?? [],
        ...(options.now === undefined ? {} : { now: options.now }),
        development: { issuer: ISSUER, audience: AUDIENCE, publicJwk },
      }),
      targets: options.targets,
      policies: options.policies ?? [],
      registration: options.registration ?? 'observe',
      consoleUrl: options.consoleUrl,
      postgres: {
        host: '127.0.0.1',
        port: 0,
        tls: undefined,
        insecure: false,
        proxyProtocol: false,
        peer: undefined,
        ...options.gateway,
      },
      limits: { ...LIMITS, ...options.limits },
      rules: {
        idleTimeoutMs: 0,
        totalTimeoutMs: 0,
        endWithToken: false,
        drainMs: 1_000,
        ...options.rules,
      },
      ...(options.committer === undefined ? {} : { committer: options.committer }),
      warn: (message, details) => warnings.push(`${message} ${JSON.stringify(details)}`),
    });
    return new Rig(capture, log, installation, warnings);
  }

  get port(): number {
    return this.capture.gateways.postgres?.port ?? 0;
  }

  async login(identity: string, database = 'shop'): Promise<Login> {
    const password = await makeToken(identity);
    return { host: '127.0.0.1', port: this.port, user: 'anybody', database, password };
  }

  /** All events of a topic so far, in the log's order. */
  events(topic: Topic): Promise<readonly RecordedEvent[]> {
    const reader = this.readers.get(topic) ?? new TopicReader(this.log, topic);
    this.readers.set(topic, reader);
    return reader.read();
  }

  /** The sessions of an identity so far, in the order in which they began. */
  async sessions(identity: string): Promise<SessionRecord[]> {
    const sessions = new Map<string, RecordedEvent[]>();
    for (const event of await this.events('data')) {
      if (event.envelope.identity !== identity) continue;
      sessions.set(event.stream, [...(sessions.get(event.stream) ?? []), event]);
    }
    return [...sessions.values()].map((events) => new SessionRecord(events));
  }

  /** The one session of an identity, once it is closed. */
  session(identity: string): Promise<SessionRecord> {
    return until(`the session of ${identity} is closed`, async () => {
      const [session, another] = await this.sessions(identity);
      if (another !== undefined) throw new Error(`${identity} has several sessions`);
      return session?.types.at(-1) === 'session.closed' ? session : undefined;
    });
  }

  async stop(): Promise<void> {
    await this.capture.stop();
    await this.log.close();
  }
}
