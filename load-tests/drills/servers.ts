import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore } from '@steno/event-store';
import { askStore } from '../postgres/store-query.js';

/** Kafka at an address of its own, through kills and restarts. */
export class Broker {
  #server: EmbeddedKafka;

  private constructor(
    private readonly directory: string,
    readonly address: string,
    server: EmbeddedKafka,
  ) {
    this.#server = server;
  }

  static async start(directory: string): Promise<Broker> {
    const server = await startKafka({ directory });
    return new Broker(directory, server.brokers[0] ?? '', server);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async kill(): Promise<void> {
    this.#server.kill('SIGKILL');
    await this.#server.exited;
  }

  freeze(): void {
    this.#server.kill('SIGSTOP');
  }

  thaw(): void {
    this.#server.kill('SIGCONT');
  }

  async startAgain(): Promise<void> {
    const port = Number(this.address.split(':').at(-1));
    this.#server = await startKafka({ directory: this.directory, port });
  }
}

/** ClickHouse at an address of its own, through kills and restarts. */
export class Store {
  #server: EmbeddedStore;

  private constructor(
    private readonly directory: string,
    readonly url: string,
    server: EmbeddedStore,
  ) {
    this.#server = server;
  }

  static async start(directory: string): Promise<Store> {
    const server = await startEmbeddedStore({ directory });
    return new Store(directory, server.url, server);
  }

  get username(): string {
    return this.#server.username;
  }

  get password(): string {
    return this.#server.password;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async kill(): Promise<void> {
    process.kill(this.#server.pid, 'SIGKILL');
    await this.#server.exited;
  }

  async startAgain(): Promise<void> {
    const port = Number(new URL(this.url).port);
    this.#server = await startEmbeddedStore({ directory: this.directory, port });
  }

  /** The rows that a query gives; the names of its columns are those of Row. */
  ask<Row>(query: string): Promise<Row[]> {
    return askStore<Row>(this, query);
  }
}
