import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog, SharedEmbeddedLog, serveEmbeddedLog } from '@steno/event-log/embedded';
import { MemoryLog } from '@steno/event-log/memory';
import { eventLogContract } from './contract.js';
import type { LogUnderTest } from './contract.js';

eventLogContract('memory', () =>
  Promise.resolve({ log: new MemoryLog(), remove: () => Promise.resolve() }),
);

eventLogContract('embedded', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'steno-log-'));
  const open = (): Promise<LogUnderTest> =>
    Promise.resolve({
      log: new EmbeddedLog({ directory, readOnly: false }),
      reopen: open,
      remove: () => rm(directory, { recursive: true }),
    });
  return open();
});

eventLogContract('embedded, shared by its owner', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'steno-log-'));
  const socketPath = join(directory, 'log.sock');
  let stop: () => Promise<void>;
  const open = async (): Promise<LogUnderTest> => {
    const owner = new EmbeddedLog({ directory, readOnly: false });
    const server = await serveEmbeddedLog(owner, socketPath);
    stop = async () => {
      await server.close();
      await owner.close();
    };
    return {
      log: new SharedEmbeddedLog({ directory, socketPath }),
      sessions: owner,
      reopen: async () => {
        await stop();
        return open();
      },
      remove: async () => {
        await stop();
        await rm(directory, { recursive: true });
      },
    };
  };
  return open();
});
