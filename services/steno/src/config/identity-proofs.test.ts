import { describe, expect, it } from 'vitest';
import { formatProblem } from './problem.js';
import { parseConfig } from './read-config.js';

function read(text: string) {
  const result = parseConfig(text, '/etc/steno/steno.yaml');
  return Array.isArray(result) ? { problems: result.map(formatProblem).join('\n') } : result;
}

const issuer = (more: string) =>
  `issuers: [{ issuer: https://a.test, audience: steno${more === '' ? '' : `, ${more}`} }]`;
const gateway = (tls: string) =>
  `gateways: { postgres: { tls: { cert: a.pem, key: k.pem${tls} } } }`;

describe('tokens', () => {
  it('are a day old at most, and may be used again', () => {
    expect(read(issuer(''))).toMatchObject({ issuers: [{ maxAgeMs: 86_400_000, oneTime: false }] });
  });

  it('may be younger or of any age, and good once', () => {
    const once = issuer('maxAge: 10m, oneTime: true');
    expect(read(once)).toMatchObject({ issuers: [{ maxAgeMs: 600_000, oneTime: true }] });
    expect(read(issuer('maxAge: 0'))).toMatchObject({ issuers: [{ maxAgeMs: 0 }] });
  });

  it.each([
    [issuer('maxAge: 10ms'), 'issuers[0].maxAge is not allowed'],
    [issuer('oneTime: once'), 'issuers[0].oneTime must be true or false'],
    ['issuers: [{ issuer: "steno:api-key", audience: a, jwks: k }]', 'keys and certificates have'],
    ['issuers: [{ issuer: "x509:CN=a", audience: a, jwks: k }]', 'keys and certificates have'],
  ])('not %j', (text, problem) => {
    expect(read(text)).toMatchObject({ problems: expect.stringContaining(problem) as string });
  });
});

describe('certificates of clients', () => {
  const clientsOf = (text: string) => {
    const config = read(text);
    return 'problems' in config ? config : config.gateways.postgres.tls?.clients;
  };

  it('are not asked for unless authorities are named', () => {
    expect(clientsOf(gateway(''))).toBeUndefined();
    expect(clientsOf(gateway(', clientCa: ca.pem'))).toEqual({
      ca: '/etc/steno/ca.pem',
      crl: undefined,
      identity: 'cert:${subject.CN}',
      groups: 'subject.OU',
    });
    const all = ', clientCa: c, clientCrl: r, clientIdentity: "${san.uri}", clientGroups: san.dns';
    expect(clientsOf(gateway(all))).toEqual({
      ca: '/etc/steno/c',
      crl: '/etc/steno/r',
      identity: '${san.uri}',
      groups: 'san.dns',
    });
  });

  it.each([
    [gateway(', clientCrl: r'), 'gateways.postgres.tls.clientCa is missing'],
    [gateway(', clientCa: c, clientIdentity: "${"'), 'clientIdentity is not what may stand here'],
    ['web: { tls: { cert: a, key: b, clientCa: c } }', 'web.tls.clientCa is unknown'],
  ])('not %j', (text, problem) => {
    expect(read(text)).toMatchObject({ problems: expect.stringContaining(problem) as string });
  });
});
