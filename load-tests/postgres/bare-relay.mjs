import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

// A process that passes bytes on and does nothing else: what any gateway in Node costs at least.
// usage: bare-relay.mjs PORT; prints the port it listens on, ends when its stdin does.

const HOST = '127.0.0.1';
const target = Number(process.argv[2]);

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: HOST, port: target, noDelay: true });
  // One side's end or failure ends the other; a client that goes away is no event here.
  pipeline(client, upstream, () => undefined);
  pipeline(upstream, client, () => undefined);
});

server.listen(0, HOST, () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens on no port');
  process.stdout.write(`${address.port}\n`);
});

process.stdin.on('end', () => process.exit(0)).resume();
