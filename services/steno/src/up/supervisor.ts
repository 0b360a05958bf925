import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { EmbeddedStoreError } from '@steno/event-store';
import type { StoreOptions } from '@steno/event-store';
import { CliError } from '../cli/errors.js';
import type { Address } from '../config/address.js';
import type { Config } from '../config/config.js';
import { loadOrCreateInstallationKeys } from '../data-directory/installation-keys.js';
import { dataLayout, makeFolders } from '../data-directory/layout.js';
import type { DataLayout } from '../data-directory/layout.js';
import { writePrivateFile } from '../data-directory/private-file.js';
import { Demo } from './demo.js';
import type { Log } from './log.js';
import type { ChildReport, ChildStart } from './messages.js';
import { StoreKeeper, storeOf } from './store-keeper.js';
import { SupervisedChild } from './supervised-child.js';
import type { ChildName, ReadyReport } from './supervised-child.js';
import { lockDataDirectory } from './socket-lock.js';

const STOP_MS = 15_000;
/** What a drain takes beyond the sessions' own time. */
const DRAIN_MARGIN_MS = 5_000;
const TOKEN_BYTES = 32;
const LISTEN_KEYS = { capture: 'gateways.postgres.listen', worker: '', api: 'web.listen' };

export interface UpOptions {
  readonly config: Config;
  readonly version: string;
  readonly demo: boolean;
  readonly log: Log;
  /** Told what is being started. */
  readonly onStep: (step: string) => void;
}

export interface RunningUp {
  readonly web: string;
  readonly signIn: string;
  readonly gateway: Address;
  readonly store: string;
}

/** Everything on one data directory: started, kept running, stopped. */
export class Supervisor {
  private readonly layout: DataLayout;
  private readonly localToken = randomBytes(TOKEN_BYTES).toString('base64url');
  private readonly children = new Map<ChildName, SupervisedChild>();
  private readonly ports = new Map<ChildName, number>();
  /** The embedded ClickHouse; undefined where somebody else runs one. */
  private readonly keeper: StoreKeeper | undefined;
  private demo: Demo | undefined;
  private lock: { release(): void } | undefined;
  private starting: Promise<unknown> = Promise.resolve();
  private stopping: Promise<void> | undefined;
  private projectedOffset: number | undefined;
  private config: Config;

  constructor(private readonly options: UpOptions) {
    this.config = options.config;
    this.layout = dataLayout(options.config);
    const { store } = options.config;
    this.keeper = store === undefined ? new StoreKeeper(this.layout, options.log) : undefined;
  }

  /** Rejects with CliError, and nothing runs then; undefined when it was stopped meanwhile. */
  async start(): Promise<RunningUp | undefined> {
    const starting = this.startAll();
    // For `stop`, which waits for it whatever comes of it.
    this.starting = starting.catch(() => undefined);
    try {
      return await starting;
    } catch (error) {
      const wasTold = this.stopping !== undefined;
      await this.stop();
      if (wasTold) return undefined;
      if (!(error instanceof EmbeddedStoreError)) throw error;
      throw new CliError('cannot-start', `${error.code}: ${error.message}`);
    }
  }

  /** New sessions go by its targets, all by its policies; a child that starts anew by all of it. */
  retarget(config: Config): void {
    this.config = config;
    const capture = this.children.get('capture');
    capture?.order({ order: 'targets', targets: config.targets });
    capture?.order({ order: 'policies', policies: config.policies });
  }

  /** Sessions first, then those who read them, the log last; may be called again. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private get store(): StoreOptions {
    return storeOf(this.keeper, this.config);
  }

  private async startAll(): Promise<RunningUp | undefined> {
    const { config, demo, onStep } = this.options;
    makeFolders(this.layout);
    this.lock = await lockDataDirectory(this.layout);
    loadOrCreateInstallationKeys(this.layout);
    const servers: Promise<void>[] = [];
    if (this.keeper !== undefined) {
      onStep('Starting ClickHouse');
      servers.push(this.keeper.start());
    }
    if (demo) {
      onStep('Starting the demo’s Postgres');
      servers.push(this.startDemo());
    }
    await settled(servers);
    const { postgres } = config.gateways;
    const steps: readonly (readonly [ChildName, string, Address])[] = [
      ['capture', 'Starting the gateway', postgres.listen],
      ['worker', 'Starting the projector', { host: '', port: 0 }],
      ['api', 'Starting the console', config.web.listen],
    ];
    let api: ReadyReport | undefined;
    for (const [name, step, listen] of steps) {
      if (this.stopping !== undefined) return undefined;
      onStep(step);
      api = await this.startChild(name, listen);
    }
    if (this.stopping !== undefined) return undefined;
    const gateway = { host: postgres.listen.host, port: this.ports.get('capture') ?? 0 };
    await this.demo?.sendBots(gateway);
    this.keeper?.yieldToOthers();
    const web = api?.url ?? '';
    return { web, signIn: api?.signIn ?? '', gateway, store: this.store.url };
  }

  private async stopAll(): Promise<void> {
    const { drainMs } = this.options.config.sessions;
    const child = (name: ChildName) => this.children.get(name);
    try {
      await this.demo?.stopBots();
      await child('capture')?.drain(drainMs + DRAIN_MARGIN_MS);
      await child('api')?.stop(STOP_MS);
      await child('worker')?.stop(STOP_MS);
      await child('capture')?.stop(STOP_MS);
      await this.starting;
      await this.keeper?.stop();
      await this.demo?.stop();
    } finally {
      if (this.lock !== undefined) {
        rmSync(this.layout.apiFile, { force: true });
        rmSync(this.layout.storeFile, { force: true });
        this.lock.release();
      }
    }
  }

  private async startDemo(): Promise<void> {
    this.demo = await Demo.start(this.layout, this.options.log);
  }

  private async startChild(name: ChildName, listen: Address): Promise<ReadyReport> {
    this.ports.set(name, listen.port);
    const child = this.makeChild(name, listen.host);
    this.children.set(name, child);
    try {
      return await child.start();
    } catch (error) {
      const isTaken = error instanceof CliError && error.catalogued === 'address-taken';
      if (!isTaken || this.stopping !== undefined) throw error;
      // The demo is for trying out: a port that is taken there is no reason to give up.
      if (!this.options.demo || listen.port === 0) {
        throw new CliError('address-taken', `${LISTEN_KEYS[name]}: ${error.detail}.`);
      }
      this.options.log.say('warn', `port ${listen.port} is taken; another one is used`, {
        process: name,
      });
      return this.startChild(name, { ...listen, port: 0 });
    }
  }

  private makeChild(name: ChildName, host: string): SupervisedChild {
    return new SupervisedChild({
      name,
      log: this.options.log,
      start: () => this.told(name, host),
      onReady: (report) => {
        if (report.port !== undefined) this.ports.set(name, report.port);
        if (name === 'api') this.apiIsReady(report);
      },
      onReport: (report) => {
        this.heed(report);
      },
    });
  }

  private apiIsReady({ url }: ReadyReport): void {
    const address = { url, token: this.localToken };
    writePrivateFile(this.layout.apiFile, `${JSON.stringify(address)}\n`);
    if (this.projectedOffset !== undefined) this.tellProjected(this.projectedOffset);
  }

  private heed(report: ChildReport): void {
    if (report.report === 'projected') this.tellProjected(report.offset);
    // The secrets of targets are with the capture alone.
    if (report.report === 'needs-catalog') {
      const { target } = report;
      this.children.get('capture')?.order({ order: 'read-catalog', target });
    }
    if (report.report === 'catalog') {
      this.children.get('api')?.order({ order: 'catalog', catalog: report.catalog });
    }
  }

  private tellProjected(offset: number): void {
    this.projectedOffset = offset;
    this.children.get('api')?.order({ order: 'projected', offset });
  }

  private told(name: ChildName, host: string): ChildStart {
    const { version, demo } = this.options;
    const { config } = this;
    return {
      config,
      version,
      instance: name,
      developmentIssuer: demo || config.issuers.length === 0,
      demoTarget: name === 'capture' ? this.demo?.forCapture : undefined,
      store: this.store,
      listen: { host, port: this.ports.get(name) ?? 0 },
      localToken: this.localToken,
      isToldCatalogs: true,
    };
  }
}

/** Like Promise.all, but rejects only when none is under way any more. */
async function settled(promises: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
