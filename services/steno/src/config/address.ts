import { isIP } from 'node:net';

/** Where to listen or connect; an IPv6 host stands here without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A host name without a port. */
export const HOST_PATTERN = '^[A-Za-z0-9_.-]+$';

export const ADDRESS_PATTERN = '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_.-]+):\\d{1,5}$';

/** @returns undefined if the text is not `host:port` */
export function parseAddress(text: string): Address | undefined {
  if (!new RegExp(ADDRESS_PATTERN).test(text)) return undefined;
  const colon = text.lastIndexOf(':');
  const bracketed = text.startsWith('[');
  const host = bracketed ? text.slice(1, colon - 1) : text.slice(0, colon);
  const port = Number(text.slice(colon + 1));
  if (port > 65_535 || (bracketed && isIP(host) !== 6)) return undefined;
  return { host, port };
}

export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether nobody but this machine can reach the host. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host.toLowerCase() === 'localhost';
}

/** What is sent to it is protected, or stays on this machine. */
export function isTrustedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const isLocal = isLoopback(hostname.replace(/^\[|\]$/g, ''));
  return protocol === 'https:' || (protocol === 'http:' && isLocal);
}
