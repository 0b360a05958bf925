import type { BackendKey } from '@steno/wire-postgres';
import type { Peer } from '../../control-state.js';
import type { GatewayOptions } from '../../options.js';
import type { FrontTls } from '../front-tls.js';
import { encodeProxyHeader } from '../proxy-header.js';
import type { ClientAddress } from '../proxy-header.js';
import { tagOfBoot, tagOfKey } from './cancel-keys.js';
import { sendCancel } from './outgoing-connection.js';
import type { Place } from './outgoing-connection.js';
import { parsePeerAddress } from './peer-address.js';

/** Requests on their way at a time; those beyond are dropped, as Postgres may drop any. */
export const FORWARDS_MAX = 64;

export interface CancelForwardsOptions {
  readonly gateway: Pick<GatewayOptions, 'proxyProtocol'>;
  readonly tls: FrontTls | undefined;
  readonly peers: ReadonlyMap<string, Peer>;
  readonly timeoutMs: number;
}

/**
 * Brings cancel requests that a balancer led to the wrong capture to the one that issued the key.
 * Whether the key is right only that one can tell.
 */
export class CancelForwards {
  private readonly underWay = new Set<string>();

  constructor(private readonly options: CancelForwardsOptions) {}

  /** Resolves once the request was dealt with, or dropped. */
  async forward(key: BackendKey, origin: ClientAddress): Promise<void> {
    const name = `${key.processId}/${key.secretKey.toString('hex')}`;
    // One that comes back on its way, from an address that is not its capture's, stops here.
    if (this.underWay.has(name) || this.underWay.size >= FORWARDS_MAX) return;
    this.underWay.add(name);
    try {
      const places = this.placesOf(tagOfKey(key), origin);
      await Promise.all(places.map((place) => sendCancel(place, key, this.options.timeoutMs)));
    } finally {
      this.underWay.delete(name);
    }
  }

  private placesOf(tag: number, origin: ClientAddress): Place[] {
    const { peers, gateway, tls } = this.options;
    // Captures of one service show clients one certificate, so it is also how they know each other.
    const trust = tls && { fingerprint256: tls.fingerprint256 };
    const said = gateway.proxyProtocol ? { preamble: encodeProxyHeader(origin) } : {};
    return [...peers].flatMap(([boot, { address }]) => {
      if (tagOfBoot(boot) !== tag) return [];
      const place = parsePeerAddress(address);
      return place === undefined ? [] : [{ ...place, ...said, trust }];
    });
  }
}
