import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { StoreOptions } from '@steno/event-store';
import { CliError } from '../cli/errors.js';
import type { Address } from '../config/address.js';
import type { Config } from '../config/config.js';
import { dataLayout, makeFolders } from '../data-directory/layout.js';
import type { Log } from '../up/log.js';
import { reasonOf } from '../up/log-lines.js';
import type { ChildReport, ChildStart, ChildWork, Part } from '../up/messages.js';
import { AdminServer } from './admin-server.js';
import { isListenError } from './listen-error.js';

const TOKEN_BYTES = 32;

export interface PartSettings {
  readonly config: Config;
  readonly version: string;
  readonly instance: string;
  /** Undefined where the part needs none. */
  readonly store: StoreOptions | undefined;
  readonly listen: Address;
  /** Where it says how it is; undefined: its own server does. */
  readonly admin: Address | undefined;
  readonly log: Log;
}

export interface RunningPart {
  readonly ready: ChildWork['ready'];
  /** Where it says how it is. */
  readonly adminUrl: string | undefined;
  /** Opens the api as the local administrator. */
  readonly localToken: string;
  /** New sessions go by its targets, all of them by its policies. */
  retarget(config: Config): void;
  /** Rejects with what it cannot go on from. */
  readonly failed: Promise<never>;
  /** Takes no more work, lets what runs end within its limit, and flushes. */
  stop(): Promise<void>;
}

/**
 * Starts one part of Steno in this process, on the log and the store that all parts share.
 *
 * @throws CliError
 */
export async function runPart(part: Part, settings: PartSettings): Promise<RunningPart> {
  const { config, version, instance, store, listen } = settings;
  if (config.kafka === undefined) throw new CliError('needs-kafka');
  const layout = dataLayout(config);
  if (!existsSync(layout.rootKeys))
    throw new CliError('no-keys', `It would be ${layout.rootKeys}.`);
  makeFolders(layout);
  const localToken = randomBytes(TOKEN_BYTES).toString('base64url');
  const told: ChildStart = {
    config,
    version,
    instance,
    developmentIssuer: config.issuers.length === 0,
    demoTarget: undefined,
    store,
    listen,
    localToken,
    isToldCatalogs: false,
  };
  const health: { unready: () => readonly string[] } = { unready: () => ['starting'] };
  const admin = await startAdmin(settings, () => health.unready());
  const work = await part(told, ignore, admin?.registry).catch(async (error: unknown) => {
    await admin?.close();
    throw isListenError(error) ? new CliError('address-taken', `${error.message}.`) : error;
  });
  health.unready = work.unready ?? (() => []);
  return {
    ready: work.ready,
    adminUrl: admin?.url,
    localToken,
    retarget: ({ targets, policies }) => {
      work.on?.({ order: 'targets', targets });
      work.on?.({ order: 'policies', policies });
    },
    failed: work.failed ?? new Promise<never>(() => undefined),
    stop: async () => {
      health.unready = () => ['stopping'];
      const unrecorded = await work.drain?.().then(
        () => undefined,
        (error: unknown) => reasonOf(error),
      );
      await work.stop();
      await admin?.close();
      if (unrecorded !== undefined) throw new CliError('end-not-recorded', unrecorded);
    },
  };
}

async function startAdmin(
  { admin: listen, log }: PartSettings,
  unready: () => readonly string[],
): Promise<AdminServer | undefined> {
  if (listen === undefined) return undefined;
  const onError = (error: unknown): void => {
    log.say('error', `a question to admin.listen was not answered: ${reasonOf(error)}`);
  };
  return AdminServer.start({ listen, unready, onError });
}

/** Nobody beside this process is to be told: the others see the log and the store. */
function ignore(report: ChildReport): void {
  void report;
}
