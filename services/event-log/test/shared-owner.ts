import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { EmbeddedLog, serveEmbeddedLog } from '@steno/event-log/embedded';

// node … shared-owner.ts DIRECTORY SOCKET: owns a log until it is killed.

const [directory = '', socketPath = ''] = process.argv.slice(2);
await once(process.stdin, 'data');
process.stdin.destroy();
await serveEmbeddedLog(new EmbeddedLog({ directory, readOnly: false }), socketPath);
writeSync(1, 'serving\n');
