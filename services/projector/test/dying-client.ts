import type { Readable } from 'node:stream';
import type { StoreReader } from '@steno/event-store';

type Client = StoreReader['client'];

export interface Death {
  /** Which of its writes it dies at, from 1. */
  readonly write: number;
  /** Whether that write arrives all the same. */
  readonly arrives: boolean;
}

/** A client as a process that dies has it: from one write on, it can do nothing. */
export class DyingClient {
  readonly client: Client;
  readonly died: Promise<void>;
  private writes = 0;
  private isDead = false;
  private die: () => void = () => undefined;

  constructor(
    private readonly living: Client,
    private readonly death: Death,
  ) {
    this.died = new Promise((resolve) => (this.die = resolve));
    this.client = new Proxy(living, {
      get: (target, name): unknown => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => this.call(String(name), args);
      },
    });
  }

  private async call(name: string, args: unknown[]): Promise<unknown> {
    if (this.isDead) throw new Error('dead');
    const method = Reflect.get(this.living, name) as (...args: unknown[]) => Promise<unknown>;
    const isWrite = name === 'exec' || name === 'insert';
    if (isWrite) this.writes += 1;
    if (!isWrite || this.writes !== this.death.write) return method.apply(this.living, args);
    if (this.death.arrives) {
      const answer = (await method.apply(this.living, args)) as { readonly stream?: Readable };
      answer.stream?.resume();
    }
    this.isDead = true;
    this.die();
    throw new Error('dies');
  }
}
