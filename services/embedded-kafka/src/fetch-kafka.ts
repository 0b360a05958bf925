import * as fs from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './java.js';
import { KafkaError } from './kafka-error.js';
import { madeOnce } from './made-once.js';

const POM = fileURLToPath(new URL('../broker/pom.xml', import.meta.url));
const JARS = fileURLToPath(new URL('../../../.cache/kafka-4.1.0', import.meta.url));

/**
 * The folder of Kafka's jars, fetched with Maven once for this repository: 46 files, 43 MB.
 * Throws KafkaError, `tools-missing` or `fetch-failed`.
 */
export function fetchKafka(): Promise<string> {
  return fetchInto(JARS);
}

export function fetchInto(folder: string): Promise<string> {
  return madeOnce(folder, () => fetchWhole(folder));
}

/** Under its name the folder is complete, or not there at all. */
async function fetchWhole(folder: string): Promise<void> {
  const fresh = await fs.mkdtemp(`${folder}-`);
  try {
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`];
    const { code, output } = await runToEnd('mvn', ['-B', '-q', '-f', POM, ...copy], process.env);
    if (code !== 0) {
      throw new KafkaError(
        'fetch-failed',
        `Maven could not fetch Kafka (exit ${code}). It last said: ${output}`,
      );
    }
    await fs.rename(fresh, folder);
  } finally {
    await fs.rm(fresh, { recursive: true, force: true });
  }
}
