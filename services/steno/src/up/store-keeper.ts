import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreOptions } from '@steno/event-store';
import { CliError } from '../cli/errors.js';
import type { Config } from '../config/config.js';
import type { DataLayout } from '../data-directory/layout.js';
import { remoteStore } from '../data-directory/open-store.js';
import { writePrivateFile } from '../data-directory/private-file.js';
import { putInBackground } from './background.js';
import { reasonOf } from './log-lines.js';
import type { Log } from './log.js';

const DATABASE = 'steno';
const RETRY_MS = { first: 500, max: 10_000 };

/** Keeps the embedded ClickHouse running, on one port, where everybody looks for it. */
export class StoreKeeper {
  private store: EmbeddedStore | undefined;
  private readonly stopping = new AbortController();
  private kept: Promise<void> = Promise.resolve();

  constructor(
    private readonly layout: DataLayout,
    private readonly log: Log,
  ) {}

  get options(): StoreOptions {
    if (this.store === undefined) throw new CliError('cannot-start', 'ClickHouse has gone.');
    const { url, username, password } = this.store;
    return { url, username, password, database: DATABASE };
  }

  /** Rejects with EmbeddedStoreError when the first start fails. */
  async start(): Promise<void> {
    const store = await this.run(0);
    this.kept = this.keep(store);
  }

  /** Once nothing waits for its start any more. */
  yieldToOthers(): void {
    if (this.store !== undefined) putInBackground(this.store.pid);
  }

  /** After a start that has settled. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.store?.stop();
    await this.kept;
  }

  private async run(port: number): Promise<EmbeddedStore> {
    const store = await startEmbeddedStore({ directory: this.layout.store, port });
    this.store = store;
    writePrivateFile(this.layout.storeFile, `${JSON.stringify(this.options)}\n`);
    return store;
  }

  private async keep(first: EmbeddedStore): Promise<void> {
    const { signal } = this.stopping;
    const port = Number(new URL(first.url).port);
    for (let store: EmbeddedStore | undefined = first; store !== undefined;) {
      const { stderr } = await store.exited;
      if (signal.aborted) return;
      this.log.say('error', 'ClickHouse ended by itself and is started again', { stderr });
      store = await this.restart(port, signal);
      this.yieldToOthers();
      // It was asked to stop while it started.
      if (signal.aborted) await store?.stop();
    }
  }

  /** Undefined when it is not wanted any more. */
  private async restart(port: number, signal: AbortSignal): Promise<EmbeddedStore | undefined> {
    for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.max)) {
      await delay(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
      try {
        return await this.run(port);
      } catch (error) {
        this.log.say('error', `ClickHouse does not start: ${reasonOf(error)}`);
      }
    }
  }
}

/** The ClickHouse that is kept here, or the one that steno.yaml names. */
export function storeOf(keeper: StoreKeeper | undefined, config: Config): StoreOptions {
  const store = keeper?.options ?? remoteStore(config);
  if (store === undefined) throw new CliError('cannot-start', 'There is no ClickHouse.');
  return store;
}
