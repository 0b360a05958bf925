import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { makeTokenVerifier, startCapture } from '@steno/capture';
import type { CaptureLimits, Target, TokenVerifier } from '@steno/capture';
import { COMMITTER_LIMITS } from '@steno/event-log';
import { EmbeddedLog, serveEmbeddedLog } from '@steno/event-log/embedded';
import { EnvelopeSchema } from '@steno/proto';
import { readBatch } from '@steno/sessions';
import { CliError } from '../../cli/errors.js';
import type { Config, TargetConfig } from '../../config/config.js';
import { resolveSecret } from '../../config/secret.js';
import { dataLayout } from '../../data-directory/layout.js';
import type { DataLayout } from '../../data-directory/layout.js';
import { loadOrCreateDevelopmentIssuer } from '../../issuer/development-issuer.js';
import { logLine } from '../log-lines.js';
import type { ChildStart, DemoTargetStart } from '../messages.js';
import { newOrigin } from './origin.js';
import { runChild } from './run-child.js';
import type { ChildWork } from './run-child.js';

const OWNER_DEADLINE_MS = 15_000;
const OWNER_RETRY_MS = 50;

runChild('capture', start);

async function start(told: ChildStart): Promise<ChildWork> {
  const { config } = told;
  const layout = dataLayout(config.data);
  await untilUnowned(layout);
  const { origin, keys } = newOrigin(layout, 'capture');
  const log = new EmbeddedLog({ directory: layout.log, readOnly: false });
  await refuseOtherInstallation(log, keys.installation);
  const server = await serveEmbeddedLog(log, layout.logSocket);
  const capture = await startCapture({
    log,
    origin,
    rootPublicKey: keys.rootPublicKey,
    installationKey: keys.contentKey,
    version: told.version,
    verifier: await tokenVerifier(told),
    targets: targetsOf(config, told.demoTarget),
    postgres: { ...told.listen, ...gatewayOptions(config) },
    limits: captureLimits(config),
    rules: config.sessions,
    committer: {
      ...COMMITTER_LIMITS,
      windowMs: config.limits.fastWindowMs,
      pendingBytesMax: config.limits.fastPendingBytes,
    },
    warn: (message, details) => {
      logLine('capture', 'warn', message, details);
    },
  });
  if (capture.recovered > 0) {
    logLine('capture', 'warn', 'closed sessions that an earlier run left open', {
      sessions: capture.recovered,
    });
  }
  return {
    ready: { port: capture.gateways.postgres?.port ?? 0 },
    drain: () => capture.stop(),
    // After a drain: until here the others could still say their last words.
    stop: async () => {
      await server.close();
      await log.close();
    },
  };
}

/** Waits for an owner of the log that is still dying. */
async function untilUnowned(layout: DataLayout): Promise<void> {
  const deadline = Date.now() + OWNER_DEADLINE_MS;
  while (await answers(layout.logSocket)) {
    if (Date.now() > deadline) throw new CliError('already-running');
    await delay(OWNER_RETRY_MS);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** A log of another installation would be continued under keys that never verify it. */
async function refuseOtherInstallation(log: EmbeddedLog, installation: string): Promise<void> {
  const [first] = await log.read('control', { partition: 0, offset: 0 }, 1);
  if (first === undefined) return;
  const records = readBatch(first.bytes);
  if ('malformed' in records) throw new CliError('other-installation', records.malformed);
  const raw = records.find((record) => record.raw.length > 0)?.raw;
  if (raw === undefined) return;
  const writer = fromBinary(EnvelopeSchema, raw).installation;
  if (writer !== installation) throw new CliError('other-installation', `It is ${writer}.`);
}

async function tokenVerifier(told: ChildStart): Promise<TokenVerifier> {
  const { issuers, data } = told.config;
  if (!told.developmentIssuer) return makeTokenVerifier({ issuers });
  const { issuer, audience, publicJwk } = await loadOrCreateDevelopmentIssuer(data);
  return makeTokenVerifier({ issuers, development: { issuer, audience, publicJwk } });
}

function gatewayOptions(config: Config) {
  const { tls, insecure } = config.gateways.postgres;
  if (tls === undefined) return { tls: undefined, insecure };
  return { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, insecure };
}

function captureLimits({ limits }: Config): CaptureLimits {
  const { messageBytes, commandBytes } = limits;
  return { ...limits, messageBytes, commandBytes };
}

function targetsOf(config: Config, demo: DemoTargetStart | undefined): Target[] {
  const targets = config.targets.map((target) => {
    const { password } = target.credential;
    return makeTarget(target, password ?? 'none', () =>
      password === undefined ? '' : resolveSecret(password, config.baseDirectory),
    );
  });
  if (demo !== undefined) targets.push(makeTarget(demo.target, 'demo', () => demo.password));
  return targets;
}

function makeTarget(target: TargetConfig, reference: string, password: () => string): Target {
  const { address, credential, capture, tls } = target;
  const { username } = credential;
  return {
    name: target.name,
    protocol: target.protocol,
    host: address.host,
    port: address.port,
    database: target.database,
    environment: target.environment,
    owner: target.owner,
    credential: { username, reference, password: async () => Promise.resolve(password()) },
    tls:
      tls.mode === 'disable'
        ? { mode: 'disable' }
        : {
            mode: 'verify-full',
            ca: tls.ca === undefined ? undefined : readFileSync(tls.ca, 'utf8'),
          },
    durability: target.durability,
    capture:
      capture.output === 'head'
        ? { mode: 'head', bytes: capture.headBytes }
        : { mode: capture.output },
  };
}
