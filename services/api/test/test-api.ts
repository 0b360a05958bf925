import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import type { ProblemView } from '@steno/proto';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { StoreOptions } from '@steno/event-store';
import { startApi } from '../src/index.js';
import type {
  AccessEvent,
  ApiOptions,
  LostInstance,
  RunningApi,
  TerminationRequest,
} from '../src/index.js';
import { store } from '@steno/event-store/testing';
import type { FixtureEvent } from '@steno/event-store/testing';
import { TestControl } from './test-control.js';

export const TOKEN = 'local-admin-token-of-the-test';
const DATABASE = 'steno';
const NOTHING_RULED = { sessions: 0, commands: 0, changed: 0 };

/** The api on a real ClickHouse; what it would append to the log is kept in memory. */
export interface TestApi {
  readonly api: RunningApi;
  readonly access: StoreOptions;
  readonly accesses: AccessEvent[];
  readonly terminations: TerminationRequest[];
  readonly lost: LostInstance[];
  readonly control: TestControl;
  readonly errors: unknown[];
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
  /** Milliseconds since the epoch, as the api sees it. */
  readonly clock: { now: number };
  /** Whether the log takes events. */
  readonly log: { isAway: boolean };
  readonly query: (text: string, parameters?: Record<string, unknown>) => Promise<void>;
  /** Gives the offset after the last. */
  readonly store: (events: readonly FixtureEvent[]) => Promise<number>;
  /** Ends ClickHouse alone. */
  readonly stopStore: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startTestApi(more: Partial<ApiOptions> = {}): Promise<TestApi> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-api-'));
  const server = await startEmbeddedStore({ directory });
  const { url, username, password } = server;
  const root = createClient({ url, username, password });
  await migrate(root, DATABASE, { eventsDays: 0, contentDays: 0 });
  await root.close();
  const access = { url, username, password, database: DATABASE };
  const client = makeStoreClient(access);
  const accesses: AccessEvent[] = [];
  const terminations: TerminationRequest[] = [];
  const lost: LostInstance[] = [];
  const errors: unknown[] = [];
  const warnings: Readonly<Record<string, unknown>>[] = [];
  const clock = { now: 1_795_000_000_000 };
  const log = { isAway: false };
  const control = new TestControl(log, () => clock.now);
  const append = async <T>(list: T[], event: T) => {
    if (log.isAway) throw new Error('the log is away');
    list.push(event);
  };
  const api = await startApi({
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: undefined,
    provider: undefined,
    store: access,
    consoleDirectory: undefined,
    installation: 'a1b2',
    version: '0.1.0',
    logKind: 'embedded',
    issuers: [{ issuer: 'steno:development', development: true }],
    gateways: { postgres: { host: '0.0.0.0', port: 15_432, tls: true } },
    installationKey: Buffer.alloc(32, 7),
    webhook: undefined,
    localToken: TOKEN,
    recordAccess: (event) => append(accesses, event),
    control,
    requestTermination: (request) => append(terminations, request),
    declareLost: (instance) => append(lost, instance),
    dryRun: async function* () {
      yield { line: 'ended', ...NOTHING_RULED, leftOut: 0, stoppedBy: null };
    },
    projectorLag: () => 42,
    instanceStates: () => new Map([['running', 1]]),
    logEnd: async () => undefined,
    now: () => clock.now,
    onError: (error) => void errors.push(error),
    warn: (message, details) => void warnings.push({ message, ...details }),
    ...more,
  });
  control.heard = (approval) => {
    api.approvalChanged(approval);
  };
  let isStoreStopped = false;
  const stopStore = async () => {
    isStoreStopped = true;
    await server.stop();
  };
  return {
    api,
    access,
    accesses,
    terminations,
    lost,
    control,
    errors,
    warnings,
    clock,
    log,
    query: async (text, parameters = {}) => {
      await client.command({ query: text, query_params: parameters });
    },
    store: (events) => store(client, events),
    stopStore,
    stop: async () => {
      await api.stop();
      await client.close();
      if (!isStoreStopped) await stopStore();
      await rm(directory, { recursive: true });
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What the api answered, as the type that the contract names. */
export function bodyOf<T>({ body }: Answer): T {
  return body as T;
}

/** Status and code of a refusal. */
export function refusal(answer: Answer): [number, string] {
  return [answer.status, bodyOf<ProblemView>(answer).code];
}
