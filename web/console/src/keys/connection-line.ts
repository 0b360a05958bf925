import type { GatewayView } from '@steno/proto';

interface Asked {
  readonly key: string;
  readonly gateway: GatewayView;
  /** Undefined: it was on none yet. */
  readonly target: string | undefined;
  /** By which this page was reached. */
  readonly pageHost: string;
}

/** What stands in a shell's double quotes as it is. */
const PLAIN = /^[\w.:-]+$/;

/** A line for a shell that connects psql by a key; words in capitals are for the reader to fill. */
export function connectionLine({ key, gateway, target, pageHost }: Asked): string {
  const { host, port, tls } = gateway;
  const isAny = host === '0.0.0.0' || host === '::';
  const reached = isAny ? pageHost.replace(/^\[(.*)\]$/, '$1') : host;
  const where = [
    `host=${plainOr(reached, 'HOST')}`,
    `port=${port ?? 'PORT'}`,
    `dbname=${plainOr(target ?? '', 'TARGET')}`,
    'user=me',
  ];
  if (tls && !isLoopback(reached)) where.push('sslmode=verify-full');
  return `PGPASSWORD=${key} psql "${where.join(' ')}"`;
}

const plainOr = (text: string, word: string): string => (PLAIN.test(text) ? text : word);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
