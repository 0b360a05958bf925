import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedStoreError, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreOptions } from '@steno/event-store';
import { CliError } from '../cli/errors.js';
import type { Address } from '../config/address.js';
import type { Config } from '../config/config.js';
import { loadOrCreateInstallationKeys } from '../data-directory/installation-keys.js';
import { dataLayout, makeFolders } from '../data-directory/layout.js';
import type { DataLayout } from '../data-directory/layout.js';
import { writePrivateFile } from '../data-directory/private-file.js';
import { Demo } from './demo.js';
import { logLine, reasonOf } from './log-lines.js';
import type { ChildStart } from './messages.js';
import { ChildFailed, SupervisedChild } from './supervised-child.js';
import type { ChildName, ReadyReport } from './supervised-child.js';
import { lockDataDirectory } from './up-lock.js';

const DATABASE = 'steno';
/** ClickHouse works behind capture, which people wait for. */
const STORE_NICENESS = 10;
const STORE_RETRY_MS = { first: 500, max: 10_000 };
const STOP_MS = 15_000;
/** What a drain takes beyond the sessions' own time. */
const DRAIN_MARGIN_MS = 5_000;
const TOKEN_BYTES = 32;

export interface UpOptions {
  readonly config: Config;
  readonly version: string;
  readonly demo: boolean;
  /** Told what is being started. */
  readonly onStep: (step: string) => void;
}

export interface RunningUp {
  readonly web: string;
  readonly signIn: string;
  readonly gateway: Address;
  readonly store: string;
  stop(): Promise<void>;
}

/** Starts everything on one data directory and keeps it running. Rejects with CliError. */
export async function startUp(options: UpOptions): Promise<RunningUp> {
  const supervisor = new Supervisor(options);
  try {
    return await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    if (error instanceof ChildFailed || error instanceof EmbeddedStoreError) {
      throw new CliError('cannot-start', error.message);
    }
    throw error;
  }
}

class Supervisor {
  private readonly layout: DataLayout;
  private readonly localToken = randomBytes(TOKEN_BYTES).toString('base64url');
  private readonly children = new Map<ChildName, SupervisedChild>();
  private readonly ports = new Map<ChildName, number>();
  private store: EmbeddedStore | undefined;
  private demo: Demo | undefined;
  private lock: { release(): void } | undefined;
  private stopping: Promise<void> | undefined;
  private projectedOffset: number | undefined;

  constructor(private readonly options: UpOptions) {
    this.layout = dataLayout(options.config.data);
  }

  async start(): Promise<RunningUp> {
    const { config, demo, onStep } = this.options;
    makeFolders(this.layout);
    this.lock = await lockDataDirectory(this.layout);
    loadOrCreateInstallationKeys(this.layout);
    onStep('Starting ClickHouse');
    const starting = [this.startStore(0)];
    if (demo) {
      onStep('Starting the demo’s Postgres');
      starting.push(this.startDemo());
    }
    await Promise.all(starting);
    onStep('Starting the gateway');
    const { postgres } = config.gateways;
    await this.startChild('capture', postgres.listen);
    onStep('Starting the projector');
    await this.startChild('worker', { host: '', port: 0 });
    onStep('Starting the console');
    const api = await this.startChild('api', config.web.listen);
    const gateway = { host: postgres.listen.host, port: this.ports.get('capture') ?? 0 };
    await this.demo?.sendBots(gateway);
    const web = api.url ?? '';
    return {
      web,
      signIn: `${web}/sign-in#code=${encodeURIComponent(api.signIn ?? '')}`,
      gateway,
      store: this.store?.url ?? '',
      stop: () => this.stop(),
    };
  }

  /** Sessions first, then those who read them, the log last; may be called again. */
  stop(): Promise<void> {
    this.stopping ??= this.drainAll();
    return this.stopping;
  }

  private async drainAll(): Promise<void> {
    const { drainMs } = this.options.config.sessions;
    await this.demo?.stopBots();
    await this.children.get('capture')?.drain(drainMs + DRAIN_MARGIN_MS);
    await this.children.get('api')?.stop(STOP_MS);
    await this.children.get('worker')?.stop(STOP_MS);
    await this.children.get('capture')?.stop(STOP_MS);
    const store = this.store;
    this.store = undefined;
    await store?.stop();
    await this.demo?.stop();
    rmSync(this.layout.apiFile, { force: true });
    rmSync(this.layout.storeFile, { force: true });
    this.lock?.release();
  }

  private async startDemo(): Promise<void> {
    this.demo = await Demo.start(this.layout.demo, this.layout.root);
  }

  private async startStore(port: number): Promise<void> {
    const store = await startEmbeddedStore({ directory: this.layout.store, port });
    this.store = store;
    setPriority(store.pid, STORE_NICENESS);
    writePrivateFile(this.layout.storeFile, `${JSON.stringify(this.storeOptions())}\n`);
    void store.exited.then(async ({ stderr }) => {
      if (this.stopping !== undefined) return;
      logLine('up', 'error', 'ClickHouse ended by itself and is started again', { stderr });
      await this.restartStore(Number(new URL(store.url).port));
    });
  }

  /** On the same port, where everybody looks for it. */
  private async restartStore(port: number): Promise<void> {
    for (let pause = STORE_RETRY_MS.first; this.stopping === undefined;) {
      await delay(pause);
      pause = Math.min(pause * 2, STORE_RETRY_MS.max);
      try {
        await this.startStore(port);
        return;
      } catch (error) {
        logLine('up', 'error', `ClickHouse does not start: ${reasonOf(error)}`);
      }
    }
  }

  private storeOptions(): StoreOptions {
    const { store } = this;
    if (store === undefined) throw new CliError('cannot-start', 'ClickHouse has gone.');
    const { url, username, password } = store;
    return { url, username, password, database: DATABASE };
  }

  private async startChild(name: ChildName, listen: Address): Promise<ReadyReport> {
    this.ports.set(name, listen.port);
    const child = this.makeChild(name, listen.host);
    const first = child.ready;
    this.children.set(name, child.child);
    try {
      await child.child.start();
    } catch (error) {
      // The demo is for trying out: a port that is taken there is no reason to give up.
      const mayMove = this.options.demo && listen.port !== 0;
      if (!(error instanceof ChildFailed && error.portTaken && mayMove)) throw error;
      const message = `port ${listen.port} is taken; another one is used`;
      logLine('up', 'warn', message, { process: name });
      this.options.onStep(`${message.charAt(0).toUpperCase()}${message.slice(1)}`);
      return this.startChild(name, { ...listen, port: 0 });
    }
    return first;
  }

  private makeChild(name: ChildName, host: string) {
    let settle: (report: ReadyReport) => void = () => undefined;
    const ready = new Promise<ReadyReport>((resolve) => (settle = resolve));
    const child = new SupervisedChild({
      name,
      start: () => this.told(name, host),
      onReady: (report) => {
        if (report.port !== undefined) this.ports.set(name, report.port);
        if (name === 'api') this.apiIsReady(report);
        settle(report);
      },
      onReport: (report) => {
        if (report.report === 'projected') this.tellProjected(report.offset);
      },
    });
    return { child, ready };
  }

  private apiIsReady({ url }: ReadyReport): void {
    const address = { url, token: this.localToken };
    writePrivateFile(this.layout.apiFile, `${JSON.stringify(address)}\n`);
    if (this.projectedOffset !== undefined) this.tellProjected(this.projectedOffset);
  }

  private tellProjected(offset: number): void {
    this.projectedOffset = offset;
    this.children.get('api')?.order({ order: 'projected', offset });
  }

  private told(name: ChildName, host: string): ChildStart {
    const { config, version, demo } = this.options;
    return {
      config,
      version,
      developmentIssuer: demo || config.issuers.length === 0,
      demoTarget: this.demo?.forCapture,
      store: this.storeOptions(),
      listen: { host, port: this.ports.get(name) ?? 0 },
      localToken: this.localToken,
    };
  }
}
