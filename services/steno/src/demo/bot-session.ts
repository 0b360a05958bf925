import { Socket } from 'node:net';
import pg from 'pg';

/** How long a bot waits between its statements: a person should be able to watch the replay. */
const THINKING_MS = { min: 150, max: 900 };
const CONNECT_DEADLINE_MS = 10_000;
/** A held command waits for a person. */
const ANSWER_DEADLINE_MS = 15 * 60_000;
const CLOSE_DEADLINE_MS = 2_000;

export interface BotLogin {
  readonly host: string;
  readonly port: number;
  /** The target's name stands where a database name would. */
  readonly target: string;
  readonly username: string;
  readonly token: string;
  readonly applicationName: string;
}

/** Waits some milliseconds; rejects when the bot is to stop. */
export type Wait = (ms: number) => Promise<void>;

type Value = string | number;
type Row = Record<string, unknown>;

/** One connection of a bot, with the pace of somebody who reads the answers. */
export class BotSession {
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #wait: Wait;

  private constructor(client: pg.Client, socket: Socket, wait: Wait) {
    this.#client = client;
    this.#socket = socket;
    this.#wait = wait;
  }

  /** Rejects when the gateway cannot be reached or refuses the login, and when told to stop. */
  static async open(login: BotLogin, wait: Wait, stop: AbortSignal): Promise<BotSession> {
    const socket = new Socket();
    const client = new pg.Client({
      host: login.host,
      port: login.port,
      database: login.target,
      user: login.username,
      password: login.token,
      application_name: login.applicationName,
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
      query_timeout: ANSWER_DEADLINE_MS,
      stream: () => socket,
    });
    // A connection that breaks between two statements; the next statement says so.
    client.on('error', () => undefined);
    const breakOff = () => void socket.destroy();
    stop.addEventListener('abort', breakOff);
    try {
      await client.connect();
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      stop.removeEventListener('abort', breakOff);
    }
    return new BotSession(client, socket, wait);
  }

  /** Runs one statement; with values, in the extended protocol. Rejects with pg.DatabaseError. */
  async ask(text: string, values?: readonly Value[]): Promise<Row[]> {
    await this.#think();
    const result = await this.#client.query<Row>(text, values && [...values]);
    return result.rows;
  }

  /** As ask, with a prepared statement of this name, parsed once in a session. */
  async askPrepared(name: string, text: string, values: readonly Value[]): Promise<Row[]> {
    await this.#think();
    const result = await this.#client.query<Row>({ name, text, values: [...values] });
    return result.rows;
  }

  /** As ask, for a statement that may be refused: then the SQLSTATE. Undefined: it worked. */
  async attempt(text: string): Promise<string | undefined> {
    try {
      await this.ask(text);
      return undefined;
    } catch (error) {
      if (error instanceof pg.DatabaseError) return error.code;
      throw error;
    }
  }

  /** Also breaks off a statement that is under way. */
  async close(): Promise<void> {
    const impatience = setTimeout(() => this.#socket.destroy(), CLOSE_DEADLINE_MS);
    await this.#client.end();
    clearTimeout(impatience);
  }

  #think(): Promise<void> {
    const { min, max } = THINKING_MS;
    return this.#wait(min + Math.random() * (max - min));
  }
}
