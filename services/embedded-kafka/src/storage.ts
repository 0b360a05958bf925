import { pbkdf2Sync, randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { archivedClassPath, isTooOldJava, JAVA_ENVIRONMENT, runToEnd } from './java.js';
import { KafkaError, toolMissing } from './kafka-error.js';
import { propertiesText, storageProperties } from './server-properties.js';
import type { BrokerUser } from './server-properties.js';

export const PRIVATE_FILE = 0o600;
const CLUSTER_ID_BYTES = 16;
const SALT_BYTES = 24;
const SCRAM_ITERATIONS = 4_096;
/** Name, digest and its length in bytes. */
const SCRAM_MECHANISMS = [
  ['SCRAM-SHA-256', 'sha256', 32],
  ['SCRAM-SHA-512', 'sha512', 64],
] as const;
/** The format only writes it down; nothing listens there. */
const UNUSED_PORT = 9;

/** Formats the storage at the first start, whole or not at all; gives the id of the cluster. */
export async function prepareStorage(
  directory: string,
  jars: string,
  users: readonly BrokerUser[],
): Promise<string> {
  const data = join(directory, 'data');
  const known = await readClusterId(data);
  if (known !== undefined) return known;
  const fresh = `${data}.new`;
  await fs.rm(fresh, { recursive: true, force: true });
  const clusterId = newClusterId();
  await format({ directory, jars, fresh }, clusterId, users);
  await fs.rename(fresh, data);
  return clusterId;
}

/** Kafka's form of a UUID, base64url; it may not begin with a dash. */
function newClusterId(): string {
  const bytes = randomBytes(CLUSTER_ID_BYTES);
  bytes[0] = 0;
  return bytes.toString('base64url');
}

async function readClusterId(data: string): Promise<string | undefined> {
  const text = await fs.readFile(join(data, 'meta.properties'), 'utf8').catch(() => '');
  return /^cluster\.id=(.+)$/m.exec(text)?.[1]?.trim();
}

interface Place {
  readonly directory: string;
  readonly jars: string;
  readonly fresh: string;
}

async function format(place: Place, clusterId: string, users: readonly BrokerUser[]) {
  const config = join(place.directory, 'format.properties');
  const logins = join(place.directory, 'format.users');
  try {
    await fs.writeFile(config, propertiesText(storageProperties(place.fresh, UNUSED_PORT)));
    // In a file: everybody may read the arguments of a process.
    await fs.writeFile(logins, scramArguments(users), { mode: PRIVATE_FILE });
    const tool = [...archivedClassPath(place.jars), 'kafka.tools.StorageTool', 'format'];
    const { code, output } = await runToEnd(
      'java',
      ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...tool]
        .concat(['--cluster-id', clusterId, '--config', config])
        .concat(users.length > 0 ? [`@${logins}`] : []),
      JAVA_ENVIRONMENT,
    );
    if (isTooOldJava(output)) throw toolMissing('java');
    if (code !== 0) {
      throw new KafkaError('start-failed', `Kafka could not format its storage: ${output}`);
    }
  } finally {
    await fs.rm(config, { force: true });
    await fs.rm(logins, { force: true });
  }
}

/** One argument a line. Salted here: the tool does not take every password as it is. */
function scramArguments(users: readonly BrokerUser[]): string {
  return users
    .flatMap(({ username, password }) =>
      SCRAM_MECHANISMS.flatMap(([mechanism, digest, bytes]) => {
        const salt = randomBytes(SALT_BYTES);
        const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, bytes, digest);
        const fields = [
          `name=${username}`,
          `salt=${salt.toString('base64')}`,
          `saltedpassword=${salted.toString('base64')}`,
          `iterations=${SCRAM_ITERATIONS}`,
        ];
        return ['--add-scram', `${mechanism}=[${fields.join(',')}]`];
      }),
    )
    .join('\n');
}
