import { rmSync } from 'node:fs';
import { formatAddress } from '../config/address.js';
import type { Config } from '../config/config.js';
import { dataLayout } from '../data-directory/layout.js';
import { writePrivateFile } from '../data-directory/private-file.js';
import type { RunningPart } from '../processes/run-part.js';
import type { Context } from './context.js';
import type { PartName } from './part-table.js';

/** One line of JSON, whoever reads it: these processes are started by others. */
export async function announce(
  part: PartName,
  { out }: Context,
  config: Config,
  { instance, running }: { readonly instance: string; readonly running: RunningPart },
): Promise<void> {
  const { port = 0, url, signIn } = running.ready;
  const { adminUrl } = running;
  const admin = adminUrl === undefined ? {} : { admin: adminUrl };
  const line = { ready: true, part, instance, ...admin };
  if (part === 'capture') {
    const { host } = config.gateways.postgres.listen;
    await out.json({ ...line, gateways: { postgres: formatAddress({ host, port }) } });
  } else if (part === 'api' && url !== undefined) {
    const address = { url, token: running.localToken };
    writePrivateFile(dataLayout(config).apiFile, `${JSON.stringify(address)}\n`);
    await out.json({ ...line, web: url, signIn });
  } else await out.json(line);
}

/** What other verbs found an api by is gone with it. */
export function withdraw(config: Config): void {
  rmSync(dataLayout(config).apiFile, { force: true });
}
