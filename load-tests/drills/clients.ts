import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DURABILITIES } from './installation.js';
import type { Durability } from './installation.js';
import type { Statement } from './judge.js';
import type { Part } from './part.js';

const CONNECT_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 60_000;
const RECONNECT_MS = 200;
const CODE = /STENO-\d{4}/;

export interface ClientsOptions {
  /** Begins each marker. */
  readonly drill: string;
  readonly capture: Part;
  readonly token: string;
  /** To each target. */
  readonly count: number;
  /** Between an answer and the next statement. */
  readonly pauseMs: number;
  /** Makes statements so much longer. */
  readonly padding: number;
  /** After so many a client closes its session and opens another. */
  readonly sessionStatements: number;
}

/** Clients of one capture, who ask one thing after the other, and connect again when cut. */
export class Clients {
  readonly statements: Statement[] = [];
  /** Connections that the gateway let in, by the name that they gave. */
  readonly connections: string[] = [];
  /** Codes by which the gateway refused something. */
  readonly refusals = new Set<string>();
  private stopping = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly options: ClientsOptions) {
    const { count } = options;
    const clients = Array.from({ length: count }, (_, index) => index);
    this.running = Promise.all(
      clients.flatMap((index) => DURABILITIES.map((durability) => this.run(index, durability))),
    );
  }

  get capture(): Part {
    return this.options.capture;
  }

  get acknowledged(): number {
    return this.statements.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length;
  }

  /** Lets each client finish what it has asked, and close. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async run(index: number, durability: Durability): Promise<void> {
    const { drill, capture } = this.options;
    for (let connect = 0; !this.stopping; connect += 1) {
      const name = `${drill}-${capture.name}-${durability}${index}-${connect}`;
      const client = await this.connect(name, durability);
      if (client === undefined) {
        await delay(RECONNECT_MS);
        continue;
      }
      this.connections.push(name);
      await this.keepAsking(client, name, durability);
      await client.end().catch(() => undefined); // it may be cut already
    }
  }

  private async connect(name: string, durability: Durability): Promise<pg.Client | undefined> {
    const { port } = this.options.capture;
    if (port === undefined) return undefined;
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      database: durability,
      user: 'drill',
      password: this.options.token,
      application_name: name,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    });
    client.on('error', () => undefined); // the statement under way says it
    try {
      await client.connect();
      return client;
    } catch (error) {
      this.note(error);
      return undefined;
    }
  }

  private async keepAsking(client: pg.Client, connection: string, durability: Durability) {
    const { sessionStatements } = this.options;
    for (let number = 0; number < sessionStatements && !this.stopping; number += 1) {
      const marker = `${connection}-n${number}`;
      const statement: Statement = {
        marker,
        connection,
        capture: this.options.capture.name,
        durability,
        acknowledgedAt: undefined,
      };
      this.statements.push(statement);
      try {
        await this.ask(client, marker, number);
        statement.acknowledgedAt = Date.now();
      } catch (error) {
        this.note(error);
        return;
      }
      await delay(this.options.pauseMs);
    }
  }

  /** By turns a question and a change; simple, and with the marker among the values. */
  private async ask(client: pg.Client, marker: string, number: number): Promise<void> {
    const padding = 'x'.repeat(this.options.padding);
    const select = `SELECT '${marker}' AS marker /* ${padding} */`;
    const insert = 'INSERT INTO drill_rows (marker, n) VALUES';
    if (number % 4 === 0) await client.query(`${select}, ${number} AS n`);
    else if (number % 4 === 1) await client.query(`${insert} ('${marker}', ${number})`);
    else if (number % 4 === 2) await client.query(`${select}, $1::text AS value`, [marker]);
    else await client.query({ name: 'put', text: `${insert} ($1, $2)`, values: [marker, number] });
  }

  private note(error: unknown): void {
    const code = CODE.exec(error instanceof Error ? error.message : '')?.[0];
    if (code !== undefined) this.refusals.add(code);
  }
}
