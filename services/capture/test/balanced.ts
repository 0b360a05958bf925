import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { encodeSslRequest } from '@steno/wire-postgres';
import { encodeProxyHeader } from '../src/protocols/proxy-header.js';
import type { ClientAddress } from '../src/protocols/proxy-header.js';
import { RawClient } from './raw-client.js';

export const CLIENT: ClientAddress = { address: '203.0.113.7', port: 51_234 };

/** How a client comes to a gateway. */
export interface Way {
  readonly port: number;
  /** Through a balancer that says so. */
  readonly from?: ClientAddress | undefined;
  /** By TLS after an SSLRequest; who signed the certificate. */
  readonly ca?: string | undefined;
}

/** A connection on which the client is yet to say who it is. */
export async function reach({ port, from, ca }: Way): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  socket.on('error', () => undefined); // the gateway may leave at any time
  await once(socket, 'connect');
  const header = from === undefined ? Buffer.alloc(0) : encodeProxyHeader(from);
  if (ca === undefined) {
    socket.write(header);
    return RawClient.over(socket);
  }
  socket.write(Buffer.concat([header, encodeSslRequest()]));
  await once(socket, 'data');
  const secured: Duplex = connectTls({ socket, ca, host: '127.0.0.1' });
  return RawClient.over(secured);
}
