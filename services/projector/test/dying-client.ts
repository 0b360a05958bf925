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

  constructor(living: Client, death: Death) {
    this.died = new Promise((resolve) => (this.die = resolve));
    this.client = intercept(living, async (isWrite, call) => {
      if (this.isDead) throw new Error('dead');
      if (isWrite) this.writes += 1;
      if (!isWrite || this.writes !== death.write) return call();
      if (death.arrives) await arrived(call);
      this.isDead = true;
      this.die();
      throw new Error('dies');
    });
  }
}

/** A client whose writes fail at first; of those that fail, every other one arrives. */
export function flakyClient(living: Client): Client {
  let writes = 0;
  return intercept(living, async (isWrite, call) => {
    if (!isWrite) return call();
    writes += 1;
    if (writes % 2 === 0) return call();
    if (writes % 4 === 1) await arrived(call);
    throw new Error('the connection broke');
  });
}

type Call = () => Promise<unknown>;

function intercept(
  living: Client,
  around: (isWrite: boolean, call: Call) => Promise<unknown>,
): Client {
  return new Proxy(living, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method = value as (...args: unknown[]) => Promise<unknown>;
      const isWrite = name === 'exec' || name === 'insert';
      return (...args: unknown[]) => around(isWrite, () => method.apply(target, args));
    },
  });
}

async function arrived(call: Call): Promise<void> {
  const answer = (await call()) as { readonly stream?: Readable };
  answer.stream?.resume();
}
