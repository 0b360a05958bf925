import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTokenVerifier } from '../src/authentication/token-verifier.js';

// A certified OpenID provider issues the tokens here, not our own code.

const audience = 'urn:acme:steno';
let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', kid: 'k1' }] },
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
  server.on('request', (request, response) => void handle(request, response));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
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
    const settings = {
      issuer,
      audience: [audience],
      algorithms: ['RS256'],
      keys: { kind: 'discovery' as const },
      identity: 'bot:${sub}',
      groups: 'groups',
      claims: ['scope'],
      maxAgeMs: 0,
      oneTime: false,
    };
    const verifier = makeTokenVerifier({ issuers: [settings] });
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
});
