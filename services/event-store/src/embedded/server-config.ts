import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const STORE_USERNAME = 'steno';

/** Of the server's memory, the most that each of its caches may hold. */
const CACHE_SHARE = 1 / 16;
const CACHES = [
  'mark_cache_size',
  'primary_index_cache_size',
  'index_mark_cache_size',
  'text_index_tokens_cache_size',
  'text_index_header_cache_size',
  'text_index_postings_cache_size',
];
/** Of the server's memory, the most that one query may use. */
const QUERY_SHARE = 3 / 4;
const CONCURRENT_QUERIES_MAX = 64;
const LOG_FILE_SIZE = '5M';
const LOG_FILES_MAX = 2;

/** The queries that the start-up user needs: open the port, wait for ever. Not one more. */
const START_UP_QUERIES = 2;
/** Ten years: a longer interval overflows the server's arithmetic and hangs it. */
const START_UP_QUOTA_SECONDS = 315_360_000;

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

export interface ServerFiles {
  readonly configFile: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** Of the user STORE_USERNAME; made at the first start and kept. */
  readonly password: string;
}

/** Writes what the server reads at its start: config.xml, users.xml and, once, the password. */
export async function writeServerFiles(
  directory: string,
  memoryBytes: number,
): Promise<ServerFiles> {
  const dataDirectory = join(directory, 'data');
  await mkdir(dataDirectory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const password = await keptPassword(join(directory, 'password'));
  const configFile = join(directory, 'config.xml');
  const usersFile = join(directory, 'users.xml');
  const logFile = join(directory, 'server.log');
  await replaceFile(configFile, serverConfig(usersFile, logFile, memoryBytes));
  await replaceFile(usersFile, usersConfig(password, memoryBytes));
  return { configFile, dataDirectory, logFile, password };
}

async function keptPassword(file: string): Promise<string> {
  const fresh = `${file}.${randomUUID()}.new`;
  await writeFile(fresh, randomBytes(24).toString('base64url'), { mode: PRIVATE_FILE });
  try {
    // A link comes into being whole and only if there is none: of two first starts, one wins.
    await link(fresh, file);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.${randomUUID()}.new`;
  await writeFile(fresh, text, { mode: PRIVATE_FILE });
  await rename(fresh, file);
}

function serverConfig(usersFile: string, logFile: string, memoryBytes: number): string {
  const cacheBytes = Math.floor(memoryBytes * CACHE_SHARE);
  const caches = CACHES.map((name) => `  <${name}>${cacheBytes}</${name}>`).join('\n');
  // Failed queries are answered to their sender and not logged: their text holds recorded content.
  return `<clickhouse>
  <users_config>${escapeXml(usersFile)}</users_config>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <max_concurrent_queries>${CONCURRENT_QUERIES_MAX}</max_concurrent_queries>
${caches}
  <background_pool_size>4</background_pool_size>
  <background_schedule_pool_size>16</background_schedule_pool_size>
  <logger>
    <log>${escapeXml(logFile)}</log>
    <size>${LOG_FILE_SIZE}</size>
    <count>${LOG_FILES_MAX}</count>
    <levels>
      <executeQuery>none</executeQuery>
      <DynamicQueryHandler>none</DynamicQueryHandler>
    </levels>
  </logger>
</clickhouse>
`;
}

/**
 * Two users. `default`: the library starts as it, it must have no password, and loopback cannot be
 * told from the library itself; so it may do the two start-up queries, and its quota is used up
 * before anybody else can connect. `steno`: everything but reading and writing outside the
 * tables (files, URLs, other databases).
 */
function usersConfig(password: string, memoryBytes: number): string {
  const digest = createHash('sha256').update(password).digest('hex');
  const queryBytes = Math.floor(memoryBytes * QUERY_SHARE);
  return `<clickhouse>
  <profiles>
    <default><max_memory_usage>${queryBytes}</max_memory_usage></default>
  </profiles>
  <quotas>
    <default/>
    <start_up>
      <interval>
        <duration>${START_UP_QUOTA_SECONDS}</duration>
        <queries>${START_UP_QUERIES}</queries>
      </interval>
    </start_up>
  </quotas>
  <users>
    <default>
      <no_password/>
      <networks><ip>::1</ip></networks>
      <profile>default</profile>
      <quota>start_up</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT SELECT ON system.numbers</query>
      </grants>
    </default>
    <${STORE_USERNAME}>
      <password_sha256_hex>${digest}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>
        <query>GRANT ALL ON *.* WITH GRANT OPTION</query>
        <query>REVOKE SOURCES ON *.*</query>
      </grants>
    </${STORE_USERNAME}>
  </users>
</clickhouse>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
