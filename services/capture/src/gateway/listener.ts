import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** How long a peer that does not read may hold up the end. */
const LINGER_MS = 2_000;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Takes connections, and sees to it that they are gone at the end. It knows no protocol. */
export class Listener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly serving: Promise<void>;
  private letIn: () => void = () => undefined;
  private closed: Promise<void> | undefined;

  /** `receive`: where it rejects, its connection ends and no other. */
  constructor(
    private readonly options: ListenerOptions,
    private readonly receive: (socket: Socket) => Promise<void>,
  ) {
    this.serving = new Promise((resolve) => {
      this.letIn = resolve;
    });
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      void this.accept(socket);
    });
  }

  /** Takes connections, which wait until it serves. Resolves with the port. */
  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return { host, port: (this.server.address() as AddressInfo).port };
  }

  serve(): void {
    this.letIn();
  }

  /** Takes no more connections; those that there are go on. */
  stop(): void {
    this.closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  /** Ends those that there are; resolves when they are gone. */
  async end(): Promise<void> {
    for (const socket of this.sockets) socket.destroySoon();
    const impatience = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, LINGER_MS);
    await this.closed;
    clearTimeout(impatience);
  }

  private async accept(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => undefined); // whoever uses the socket sees its end as well
    socket.once('close', () => this.sockets.delete(socket));
    try {
      await this.serving;
      await this.receive(socket);
    } catch (error) {
      socket.destroy();
      this.options.warn('a connection failed', { error: String(error) });
    }
  }
}
