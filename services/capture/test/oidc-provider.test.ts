import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { encodeQuery } from '@steno/wire-postgres';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTokenVerifier } from '../src/index.js';
import type { IssuerSettings } from '../src/index.js';
import { RawClient, letters } from './raw-client.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';
import { refusalOf } from './two-captures.js';

// A certified OpenID provider issues the tokens here, not our own code.

const audience = 'urn:acme:steno';
let server: Server;
let issuer: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let target: TestTarget;

beforeAll(async () => {
  target = await startTarget();
  server = createServer((request, response) => {
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => signWith('k1'));

/** From now on the provider has another key, and no other than that. */
async function signWith(kid: string): Promise<void> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const client = {
    client_id: 'deploy-bot',
    client_secret: 'for-this-test-alone',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [] as 'none'[],
  };
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', kid }] },
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          audience: resource,
          scope: 'session',
          accessTokenFormat: 'jwt',
        }),
      },
    },
  });
  const handle = provider.callback();
  answer = (request, response) => void handle(request, response);
}

const settings = (): IssuerSettings => ({
  issuer,
  audience: [audience],
  algorithms: ['RS256'],
  keys: { kind: 'discovery' },
  identity: 'bot:${sub}',
  groups: 'groups',
  claims: ['scope'],
  maxAgeMs: 3_600_000,
  oneTime: false,
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  return target.remove();
});

async function fetchToken(resource: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('deploy-bot:for-this-test-alone').toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

describe('tokens of an OpenID provider', () => {
  it('are checked with the keys that it publishes', async () => {
    const verifier = makeTokenVerifier({ issuers: [settings()] });
    expect(await verifier.verify(await fetchToken(audience))).toMatchObject({
      kind: 'verified',
      issuer,
      subject: 'deploy-bot',
      identity: 'bot:deploy-bot',
      claims: { client_id: 'deploy-bot' },
    });
    expect(await verifier.verify(await fetchToken('urn:acme:vault'))).toMatchObject({
      kind: 'refused',
      reason: 'wrong-audience',
    });
  });

  it('are good once, where that is asked for: each has a jti', async () => {
    const issuers = [{ ...settings(), oneTime: true }];
    const rig = await Rig.start({ targets: [targetAt(target)], issuers });
    const at = { host: '127.0.0.1', port: rig.port, user: 'any', database: 'shop' };
    const once = { ...at, password: await fetchToken(audience) };
    expect(await refusalOf(once)).toBeUndefined();
    expect((await refusalOf(once))?.message).toContain('STENO-4062');
    expect(await refusalOf({ ...at, password: await fetchToken(audience) })).toBeUndefined();
    await rig.stop();
  });

  it('are checked with other keys once it has others, and sessions that run go on', async () => {
    let later = 0;
    const now = () => Date.now() + later;
    const rig = await Rig.start({ targets: [targetAt(target)], issuers: [settings()], now });
    const at = { host: '127.0.0.1', port: rig.port, user: 'any', database: 'shop' };
    const before = await fetchToken(audience);
    const running = await RawClient.login({ ...at, password: before });
    expect(letters(await running.ask(encodeQuery('select 1')))).toBe('TDCZ');
    await signWith('k2');
    const after = await fetchToken(audience);
    // Keys are asked for every 30 s at most.
    later += 31_000;
    expect(await refusalOf({ ...at, password: after })).toBeUndefined();
    expect((await refusalOf({ ...at, password: before }))?.message).toContain('STENO-2007');
    expect(letters(await running.ask(encodeQuery('select 1')))).toBe('TDCZ');
    answer = (_, response) => response.writeHead(503).end();
    later += 60_000;
    expect(await refusalOf({ ...at, password: after })).toBeUndefined();
    expect(letters(await running.ask(encodeQuery('select 1')))).toBe('TDCZ');
    running.close();
    await rig.stop();
  });
});
