import { Store } from './store.js';

export interface SocketHandlers {
  readonly opened: () => void;
  readonly received: (bytes: Uint8Array) => void;
  /** Once, also where it never opened. */
  readonly closed: () => void;
}

export interface ReplaySocket {
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly close: () => void;
}

export type OpenSocket = (handlers: SocketHandlers) => ReplaySocket;

export interface Timers {
  /** @returns what takes it back */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  /** 0 to 1. */
  readonly random: () => number;
}

export type LinkState =
  | { readonly phase: 'idle' | 'connecting' | 'connected' }
  | { readonly phase: 'retrying'; readonly attempt: number; readonly inMs: number };

const firstRetryMs = 500;
const longestRetryMs = 15_000;

/** A connection that is opened again, more and more slowly, for as long as it is wanted. */
export class ReplayLink {
  readonly state = new Store<LinkState>({ phase: 'idle' });
  onOpen: () => void = () => undefined;
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  #socket: ReplaySocket | undefined;
  #cancelRetry: () => void = () => undefined;
  #attempt = 0;

  constructor(
    private readonly open: OpenSocket,
    private readonly timers: Timers,
  ) {}

  start(): void {
    if (this.state.get().phase === 'idle') this.#connect();
  }

  stop(): void {
    this.#cancelRetry();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#attempt = 0;
    this.state.set({ phase: 'idle' });
    socket?.close();
  }

  retryNow(): void {
    if (this.state.get().phase === 'retrying') this.#connect();
  }

  /** Lost where nothing is connected: onOpen is the time to ask again. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.state.get().phase === 'connected') this.#socket?.send(bytes);
  }

  #connect(): void {
    this.#cancelRetry();
    this.state.set({ phase: 'connecting' });
    // A socket that was given up may still call; only the newest is heard.
    const isNewest = (): boolean => this.#socket === socket;
    const socket: ReplaySocket = this.open({
      opened: () => {
        if (!isNewest()) return;
        this.state.set({ phase: 'connected' });
        this.onOpen();
      },
      received: (bytes) => {
        if (!isNewest()) return;
        this.#attempt = 0;
        this.onBytes(bytes);
      },
      closed: () => {
        if (isNewest()) this.#retryLater();
      },
    });
    this.#socket = socket;
  }

  #retryLater(): void {
    this.#socket = undefined;
    this.#attempt += 1;
    const delay = Math.min(firstRetryMs * 2 ** (this.#attempt - 1), longestRetryMs);
    // Watchers of one server do not all come back at once.
    const inMs = Math.round(delay * (0.75 + this.timers.random() / 2));
    this.state.set({ phase: 'retrying', attempt: this.#attempt, inMs });
    this.#cancelRetry = this.timers.after(inMs, () => this.#connect());
  }
}

/** The browser's own timers. */
export const browserTimers: Timers = {
  after: (milliseconds, task) => {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Opens a WebSocket of the browser with the subprotocol of replay. */
export const webSocketTo =
  (url: string): OpenSocket =>
  ({ opened, received, closed }) => {
    const socket = new WebSocket(url, 'steno.replay.v1');
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', opened);
    socket.addEventListener('close', closed);
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) received(new Uint8Array(data));
    });
    return {
      send: (bytes) => socket.send(bytes),
      close: () => socket.close(1000),
    };
  };
