import { makeTokenVerifier, startCapture } from '@steno/capture';
import type { RunningCapture, Target, TokenVerifier } from '@steno/capture';
import type { Registry } from 'prom-client';
import type { Config } from '../../config/config.js';
import { asLogError } from '../../data-directory/open-log.js';
import { dataLayout } from '../../data-directory/layout.js';
import { loadOrCreateDevelopmentIssuer } from '../../issuer/development-issuer.js';
import { appendHistogram, registerCapture } from '../../processes/capture-metrics.js';
import type { CaptureSources } from '../../processes/capture-metrics.js';
import { logLine, reasonOf } from '../log-lines.js';
import type { ChildOrder, ChildReport, ChildStart, ChildWork } from '../messages.js';
import { captureOptions } from './capture-options.js';
import { sayCatalog } from './catalogs.js';
import { newOrigin } from './origin.js';
import { openOwnLog } from './part-log.js';
import type { PartLog } from './part-log.js';
import { openTracing } from './part-tracing.js';
import { ConfiguredTargets } from './targets.js';

/** The proxies, and the log of all parts where that is embedded. */
export async function startCapturePart(
  told: ChildStart,
  tell: (report: ChildReport) => void,
  registry?: Registry,
): Promise<ChildWork> {
  const { config, instance } = told;
  const layout = dataLayout(config);
  const { origin, keys } = newOrigin(layout, { role: 'capture', instance });
  const tracing = await openTracing(told, 'capture', origin);
  const started: { capture?: RunningCapture } = {};
  const own = await openOwnLog(told, keys.installation, (backlog) => {
    const { state, bytes, ageMs } = backlog;
    const level = state === 'ok' ? 'info' : 'warn';
    logLine('capture', level, `room in the spool: ${state}`, { bytes, ageMs });
    started.capture?.backlogChanged({ state, bytes, ageMs: Math.round(ageMs) });
  });
  const { log } = own;
  const { installation } = keys;
  const targets = new ConfiguredTargets({ config, installation, warn }, told.demoTarget);
  const commits = registry && appendHistogram(registry);
  const capture = await startCapture({
    log,
    origin,
    rootPublicKey: keys.rootPublicKey,
    installationKey: keys.contentKey,
    version: told.version,
    verifier: await tokenVerifier(told),
    targets: targets.of(config.targets),
    ...captureOptions(config, told.listen, warn),
    closed: () => closedBy(own, config),
    tracer: tracing,
    onCommit: (tookMs) => commits?.observe(tookMs / 1000),
    warn,
  }).catch((error: unknown) => {
    throw asLogError(error);
  });
  started.capture = capture;
  observe(registry, capture, { own, config, tracing });
  const recovered = capture.recovered.then((sessions) => {
    if (sessions === 0) return;
    logLine('capture', 'warn', 'closed sessions that an earlier run left open', { sessions });
  });
  // With Kafka it may be away for now: what was left open is closed when it is back.
  if (config.kafka === undefined) await recovered;
  let known = config.targets;
  return {
    on: (order) => {
      if (order.order === 'targets') known = order.targets;
      obey(order, { capture, targets: () => targets.of(known), tell });
    },
    ready: { port: capture.gateways.postgres?.port ?? 0 },
    unready: () => unreadyBy(own, config),
    drain: async () => {
      await drain(own, capture);
      await targets.close();
    },
    failed: Promise.all([recovered, own.failed]).then(() => new Promise<never>(() => undefined)),
    // After a drain: until here the others could still say their last words.
    stop: async () => {
      await tracing?.close();
      await own.close();
    },
  };
}

interface Obeying {
  readonly capture: RunningCapture;
  readonly targets: () => readonly Target[];
  readonly tell: (report: ChildReport) => void;
}

function obey(order: ChildOrder, { capture, targets, tell }: Obeying): void {
  if (order.order === 'targets') void retarget(capture, targets);
  if (order.order === 'policies') void repolicy(capture, order.policies);
  if (order.order === 'read-catalog') void sayCatalog(targets(), order.target).then(tell);
}

function warn(message: string, details: Readonly<Record<string, unknown>>): void {
  logLine('capture', 'warn', message, details);
}

async function retarget(capture: RunningCapture, targets: () => readonly Target[]): Promise<void> {
  try {
    await capture.retarget(targets());
    logLine('capture', 'info', 'new sessions go by the targets as they are configured now');
  } catch (error) {
    logLine('capture', 'error', 'the targets stay as they were', { reason: reasonOf(error) });
  }
}

async function repolicy(capture: RunningCapture, policies: Config['policies']): Promise<void> {
  try {
    await capture.repolicy(policies);
    const files = policies.map(({ name }) => name);
    logLine('capture', 'info', 'all sessions go by the policies as they are now', { files });
  } catch (error) {
    logLine('capture', 'error', 'the policies stay as they were', { reason: reasonOf(error) });
  }
}

/** Ends its sessions; what has happened by then is recorded, also where no room is left. */
function drain({ spooled }: PartLog, capture: RunningCapture): Promise<void> {
  spooled?.takeLastWords();
  return capture.stop();
}

/** With a spool: room for what comes must be left, and control not be too old. */
function closedBy(
  { spooled }: PartLog,
  { control }: Config,
): 'backlog' | 'control-stale' | undefined {
  if (spooled === undefined) return undefined;
  if (spooled.backlog.state !== 'ok') return 'backlog';
  return spooled.controlAgeMs > control.maxStalenessMs ? 'control-stale' : undefined;
}

function unreadyBy({ spooled }: PartLog, { control }: Config): string[] {
  if (spooled === undefined) return [];
  return [
    ...(spooled.backlog.state === 'critical' ? ['backlog-critical'] : []),
    ...(spooled.controlAgeMs > control.maxStalenessMs ? ['control-stale'] : []),
  ];
}

function observe(
  registry: Registry | undefined,
  { figures }: RunningCapture,
  { own, config, tracing }: Pick<CaptureSources, 'tracing'> & { own: PartLog; config: Config },
): void {
  if (registry === undefined) return;
  const { sessions, spoolBytes, spoolAgeMs, fastPendingBytes: pendingBytes } = config.limits;
  const { maxStalenessMs: controlStalenessMs } = config.control;
  const bounds = { sessions, spoolBytes, spoolAgeMs, pendingBytes, controlStalenessMs };
  registerCapture(registry, { figures, spool: own.spooled, bounds, tracing });
}

async function tokenVerifier(told: ChildStart): Promise<TokenVerifier> {
  const { issuers, data } = told.config;
  if (!told.developmentIssuer) return makeTokenVerifier({ issuers });
  const { issuer, audience, publicJwk } = await loadOrCreateDevelopmentIssuer(data);
  return makeTokenVerifier({ issuers, development: { issuer, audience, publicJwk } });
}
