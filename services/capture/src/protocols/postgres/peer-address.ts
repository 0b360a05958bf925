export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a capture says of where the others reach it; empty: nowhere. */
export function ownPeerAddress(
  configured: PeerAddress | undefined,
  listening: PeerAddress | undefined,
): string {
  if (listening === undefined) return '';
  if (configured !== undefined) return format(configured);
  return listening.host === 'localhost' || isLoopback(listening.host) ? format(listening) : '';
}

function format({ host, port }: PeerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Undefined where the text is not `host:port`, an IPv6 host in brackets. */
export function parsePeerAddress(text: string): PeerAddress | undefined {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:[]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 0xffff) return undefined;
  return { host, port: Number(port) };
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);
}
