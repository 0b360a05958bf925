import { createInterface } from 'node:readline';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { Rig, makeToken, targetAt } from './rig.js';

// node … capture-child.ts DIRECTORY PORT: a capture on an embedded log, to be measured or killed.
// Its first line says how to reach it; then each line that it reads is answered by its peak of
// memory in bytes.

const [directory = '', port = ''] = process.argv.slice(2);
const log = new EmbeddedLog({ directory, readOnly: false });
const target = targetAt({ host: '127.0.0.1', port: Number(port), username: 'app' });
const rig = await Rig.start({ targets: [target], log });
const { root, key } = rig.installation;

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

say({
  port: rig.port,
  token: await makeToken('ci/child'),
  privateKey: root.privateKey,
  publicKey: root.publicKey.toString('hex'),
  key: key.toString('hex'),
});
const lines = createInterface(process.stdin);
lines.on('line', () => {
  say(process.resourceUsage().maxRSS * 1024);
});
// It ends with the test, however that ends.
lines.on('close', () => process.exit(0));
