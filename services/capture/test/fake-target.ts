import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import {
  encodeAuthenticationOk,
  encodeBackendKeyData,
  encodeParameterStatus,
  encodeReadyForQuery,
} from '@steno/wire-postgres';

/** What a target may send once a client is in. */
export const WELCOME = Buffer.concat([
  encodeAuthenticationOk(),
  encodeParameterStatus('server_version', '18.0'),
  encodeBackendKeyData(7, Buffer.from('seven')),
  encodeReadyForQuery('idle'),
]);

/** A server that does what no Postgres would: `answer` is asked for each chunk that arrives. */
export class FakeTarget {
  readonly host = '127.0.0.1';
  readonly username = 'app';
  received = Buffer.alloc(0);
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(
    answer: (socket: Socket, chunk: Buffer, count: number) => void,
  ): Promise<FakeTarget> {
    const server = createServer();
    const target = new FakeTarget(server);
    server.on('connection', (socket) => {
      let count = 0;
      target.sockets.add(socket);
      socket.on('error', () => undefined); // the gateway may leave at any time
      socket.on('data', (chunk: Buffer) => {
        target.received = Buffer.concat([target.received, chunk]);
        answer(socket, chunk, count);
        count += 1;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
