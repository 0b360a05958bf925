import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { HOST } from './server-properties.js';

/** Ports that were free just now, no two the same. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, HOST));
  try {
    await Promise.all(probes.map((probe) => once(probe, 'listening')));
    return probes.map(portOf);
  } finally {
    for (const probe of probes) probe.close();
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
