import { isLoopback } from '../config/address.js';
import type { Address } from '../config/address.js';
import type { Config } from '../config/config.js';

export interface PsqlAsked {
  readonly gateway: Address;
  /** The target's name. */
  readonly target: string;
  readonly config: Config;
  readonly demo: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A line for a shell that connects psql to a target through the gateway. */
export function psqlCommand({ gateway, target, config, demo, environment }: PsqlAsked): string {
  const issued = config.issuers.length === 0 || demo;
  const token = issued ? `$(${tokenCommand(config, demo, environment)})` : 'TOKEN';
  const isAny = gateway.host === '0.0.0.0' || gateway.host === '::';
  const host = isAny ? '127.0.0.1' : gateway.host;
  const tls = config.gateways.postgres.tls !== undefined && !isLoopback(host);
  const where = [`host=${host}`, `port=${gateway.port}`, `dbname=${target}`, 'user=me'];
  if (tls) where.push('sslmode=verify-full');
  return `PGPASSWORD=${token} psql "${where.join(' ')}"`;
}

function tokenCommand(
  { file, issuers }: Config,
  demo: boolean,
  environment: PsqlAsked['environment'],
): string {
  const words = ['npx', 'steno', 'token', '--identity', environment['USER'] || 'me'];
  if (demo && issuers.length > 0) words.push('--demo');
  if (file !== undefined) words.push('--config', file);
  return words.map(quoted).join(' ');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
