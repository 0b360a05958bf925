import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { MemoryLog } from '@steno/event-log/memory';
import { eventLogContract } from './contract.js';

eventLogContract('memory', () =>
  Promise.resolve({ log: new MemoryLog(), remove: () => Promise.resolve() }),
);

eventLogContract('embedded', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'steno-log-'));
  const openLog = (): Promise<EmbeddedLog> =>
    Promise.resolve(new EmbeddedLog({ directory, readOnly: false }));
  return {
    log: await openLog(),
    reopen: openLog,
    remove: () => rm(directory, { recursive: true }),
  };
});
