import * as fs from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { fetchKafka } from './fetch-kafka.js';
import { archivedClassPath, classArchive, classPath, isTooOldJava } from './java.js';
import { KafkaError, toolMissing } from './kafka-error.js';
import { madeOnce } from './made-once.js';
import { freePorts } from './ports.js';
import {
  HOST,
  keySetFile,
  keySetUrl,
  propertiesText,
  serverProperties,
} from './server-properties.js';
import type { BrokerTls, BrokerUser, Listeners, TokenIssuer } from './server-properties.js';
import { prepareStorage, PRIVATE_FILE } from './storage.js';
import { superviseBroker } from './supervised-broker.js';
import type { KafkaExit, SupervisedBroker } from './supervised-broker.js';

const LOG_CONFIGURATION = fileURLToPath(new URL('../broker/log4j2.properties', import.meta.url));

const DEFAULT_HEAP_MB = 384;
const HEAP_FOR_SPEED_MB = 1_024;
const READY_DEADLINE_MS = 60_000;
const ANSWER_DEADLINE_MS = 2_000;
const LOCK_DEADLINE_MS = 10_000;
const LOCK_RETRY_MS = 250;
const POLL_MS = 50;
const STOP_DEADLINE_MS = 15_000;
const PORT_ATTEMPTS = 3;

export interface KafkaOptions {
  /** Holds data, configuration and log; made if missing. One broker a directory. */
  readonly directory: string;
  /** Of the plaintext listener at 127.0.0.1; none: a free one. The others are always free ones. */
  readonly port?: number | undefined;
  /** Of the broker, which win over ours: { 'message.max.bytes': '1048576' }. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly heapMb?: number | undefined;
  /** How long to wait for a predecessor on the directory that is still dying. */
  readonly lockDeadlineMs?: number | undefined;
  /** For benchmarks: fast once warm, where a test wants a fast start. */
  readonly forSpeed?: boolean | undefined;
  /** Adds a listener with SASL. */
  readonly users?: readonly BrokerUser[] | undefined;
  /** Adds OAUTHBEARER to the listener with SASL. */
  readonly oauthbearer?: TokenIssuer | undefined;
  /** Adds a listener with TLS. */
  readonly tls?: BrokerTls | undefined;
}

export interface EmbeddedKafka {
  /** Addresses, host:port, of the listener without TLS and SASL. */
  readonly brokers: readonly string[];
  /** Empty where neither users nor oauthbearer were asked for. */
  readonly saslBrokers: readonly string[];
  /** Empty where tls was not asked for. */
  readonly tlsBrokers: readonly string[];
  /** With TLS and SASL; empty where not both were asked for. */
  readonly saslTlsBrokers: readonly string[];
  readonly pid: number;
  /** Settles when the broker has ended, asked or not; never rejects. */
  readonly exited: Promise<KafkaExit>;
  /** Ends the broker cleanly, a stopped one too. May be called again. */
  stop(): Promise<void>;
  /** For drills: SIGKILL, and SIGSTOP and SIGCONT for a broker that does not answer. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

/**
 * Starts an Apache Kafka 4.1 broker, which is its own controller, and waits until clients can
 * produce. A directory is formatted at its first start and goes on with its data at the next.
 * The broker ends with this process, however this process ends. Throws KafkaError.
 */
export async function startKafka(options: KafkaOptions): Promise<EmbeddedKafka> {
  const jars = await fetchKafka();
  await madeOnce(classArchive(jars), () => archiveClasses(jars));
  return startBroker(options, jars, archivedClassPath(jars));
}

/** Of a broker that starts and stops: the next ones find these classes as memory to map. */
async function archiveClasses(jars: string): Promise<void> {
  const archive = classArchive(jars);
  const directory = await fs.mkdtemp(`${archive}-`);
  try {
    const made = join(directory, 'classes');
    const dump = [`-XX:ArchiveClassesAtExit=${made}`, '-Xlog:disable', ...classPath(jars)];
    const broker = await startBroker({ directory: join(directory, 'kafka') }, jars, dump);
    // No `stop`, which is impatient.
    process.kill(broker.pid, 'SIGTERM');
    await broker.exited;
    // A Java that makes none passes an empty one over.
    await fs.appendFile(made, '');
    await fs.rename(made, archive);
  } finally {
    await fs.rm(directory, { recursive: true, force: true });
  }
}

async function startBroker(
  options: KafkaOptions,
  jars: string,
  classes: readonly string[],
): Promise<EmbeddedKafka> {
  const directory = resolve(options.directory);
  await fs.mkdir(directory, { recursive: true });
  const clusterId = await prepareStorage(directory, jars, options.users ?? []);
  const lockDeadline = Date.now() + (options.lockDeadlineMs ?? LOCK_DEADLINE_MS);
  let portAttempts = 0;
  for (;;) {
    const listeners = await chooseListeners(options);
    await writeConfiguration(directory, listeners, options);
    const broker = superviseBroker(javaArguments(directory, classes, options), lockFile(directory));
    const failure = await untilReady(broker, directory, address(listeners.plaintext), clusterId);
    if (failure === undefined) return embeddedKafka(broker, listeners);
    switch (failure.reason) {
      case 'directory-in-use':
        if (Date.now() >= lockDeadline) throw failure;
        await delay(LOCK_RETRY_MS);
        break;
      case 'port-in-use':
        // Somebody took the free port between our look and the broker's bind.
        portAttempts += 1;
        if (isAsked(options.port, failure) || portAttempts >= PORT_ATTEMPTS) throw failure;
        break;
      default:
        throw failure;
    }
  }
}

async function chooseListeners(options: KafkaOptions): Promise<Listeners> {
  const [plaintext = 0, controller = 0, sasl, tls, saslTls] = await freePorts(5);
  const hasSasl = (options.users ?? []).length > 0 || options.oauthbearer !== undefined;
  return {
    plaintext: options.port ?? plaintext,
    controller,
    sasl: hasSasl ? sasl : undefined,
    tls: options.tls === undefined ? undefined : tls,
    saslTls: hasSasl && options.tls !== undefined ? saslTls : undefined,
  };
}

/** A port that the caller chose cannot be exchanged for another. */
const isAsked = (port: number | undefined, { message }: KafkaError): boolean =>
  port !== undefined && message.includes(`${address(port)}:`);

const address = (port: number): string => `${HOST}:${port}`;

const lockFile = (directory: string): string => join(directory, 'lock');
const configurationFile = (directory: string): string => join(directory, 'server.properties');

async function writeConfiguration(directory: string, listeners: Listeners, options: KafkaOptions) {
  const { users = [], tls, oauthbearer, settings = {} } = options;
  const properties = serverProperties(directory, listeners, { users, tls, oauthbearer, settings });
  const file = configurationFile(directory);
  await fs.writeFile(file, propertiesText(properties), { mode: PRIVATE_FILE });
  if (oauthbearer !== undefined) await fs.writeFile(keySetFile(directory), oauthbearer.keys);
}

function javaArguments(
  directory: string,
  classes: readonly string[],
  options: KafkaOptions,
): string[] {
  const { forSpeed = false } = options;
  const heap = options.heapMb ?? (forSpeed ? HEAP_FOR_SPEED_MB : DEFAULT_HEAP_MB);
  const machine = forSpeed
    ? [`-Xms${heap}m`, '-XX:+UseG1GC']
    : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return [
    `-Xmx${heap}m`,
    ...machine,
    `-Dlog4j2.configurationFile=${LOG_CONFIGURATION}`,
    `-Dsteno.kafka.log=${join(directory, 'server.log')}`,
    `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${keySetUrl(directory)}`,
    ...classes,
    'kafka.Kafka',
    configurationFile(directory),
  ];
}

/** Undefined when clients can produce; otherwise the broker has ended, and this is why. */
async function untilReady(
  broker: SupervisedBroker,
  directory: string,
  plaintext: string,
  clusterId: string,
): Promise<KafkaError | undefined> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  const log = `Its log is ${join(directory, 'server.log')}.`;
  while (!broker.hasExited()) {
    if (broker.pid() !== undefined && (await answers(plaintext, clusterId))) return undefined;
    if (Date.now() >= deadline) {
      broker.abandon();
      await broker.exited;
      const message = `Kafka was not ready within ${READY_DEADLINE_MS} ms. ${log}`;
      return new KafkaError('start-timed-out', message);
    }
    await Promise.race([delay(POLL_MS), broker.exited]);
  }
  return startFailure(await broker.exited, directory, log);
}

/** Whether it is this broker, no other at its port, and leads what its directory holds. */
async function answers(plaintext: string, clusterId: string): Promise<boolean> {
  const client = new Kafka({
    brokers: [plaintext],
    logLevel: logLevel.NOTHING,
    connectionTimeout: ANSWER_DEADLINE_MS,
    requestTimeout: ANSWER_DEADLINE_MS,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.clusterId !== clusterId || cluster.brokers.length === 0) return false;
    // It names itself as leader a moment before it takes messages; only a leader knows offsets.
    for (const topic of await admin.listTopics()) await admin.fetchTopicOffsets(topic);
    return true;
  } catch {
    return false; // not yet: the caller asks until its deadline
  } finally {
    await admin.disconnect();
  }
}

function startFailure({ code, stderr }: KafkaExit, directory: string, log: string): KafkaError {
  if (stderr.includes('ENOENT') || isTooOldJava(stderr)) return toolMissing('java');
  if (stderr.startsWith('directory in use')) {
    return new KafkaError(
      'directory-in-use',
      `Another Kafka broker uses ${directory}: ${stderr}. Stop it, or choose another directory.`,
    );
  }
  const taken = /failed to bind to (\S+): Address already in use/.exec(stderr)?.[1];
  if (taken !== undefined) {
    return new KafkaError(
      'port-in-use',
      `Kafka cannot listen at ${taken}: the port is taken. Choose another one, or none for one ` +
        'that is free.',
    );
  }
  return new KafkaError(
    'start-failed',
    `Kafka ended while it started (exit ${code}). It last said: ${stderr} ${log}`,
  );
}

function embeddedKafka(broker: SupervisedBroker, listeners: Listeners): EmbeddedKafka {
  const pid = broker.pid() ?? 0;
  const addresses = (port: number | undefined) => (port === undefined ? [] : [address(port)]);
  return {
    brokers: addresses(listeners.plaintext),
    saslBrokers: addresses(listeners.sasl),
    tlsBrokers: addresses(listeners.tls),
    saslTlsBrokers: addresses(listeners.saslTls),
    pid,
    exited: broker.exited,
    stop: () => stopBroker(broker),
    kill: (signal) => {
      // The id may be another's once the broker has ended.
      if (!broker.hasExited()) process.kill(pid, signal);
    },
  };
}

async function stopBroker(broker: SupervisedBroker): Promise<void> {
  if (broker.hasExited()) return;
  broker.end();
  const impatience = setTimeout(() => broker.abandon(), STOP_DEADLINE_MS);
  await broker.exited;
  clearTimeout(impatience);
}
