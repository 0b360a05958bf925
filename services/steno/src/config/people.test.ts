import { describe, expect, it } from 'vitest';
import { formatProblem } from './problem.js';
import { parseConfig } from './read-config.js';

function read(text: string) {
  const result = parseConfig(text, '/etc/steno/steno.yaml');
  return Array.isArray(result) ? { problems: result.map(formatProblem).join('\n') } : result;
}

const PEOPLE = 'issuer: https://login.acme.test, clientId: steno, roles: { admin: [ops] }';

describe('people', () => {
  it('sign in at an OpenID provider, with its usual claims', () => {
    expect(read('data: x')).toMatchObject({ people: undefined });
    expect(read(`people: { ${PEOPLE} }`)).toMatchObject({
      people: {
        issuer: 'https://login.acme.test',
        clientId: 'steno',
        clientSecret: undefined,
        scopes: ['openid', 'profile', 'email'],
        groups: 'groups',
        roles: { admin: ['ops'] },
        name: '${email}',
        sessionMs: 8 * 3_600_000,
      },
    });
    const more = 'scopes: [groups], groups: roles, name: "${name} (${email})", session: 30m';
    expect(read(`people: { ${PEOPLE}, clientSecret: env:SECRET, ${more} }`)).toMatchObject({
      people: { scopes: ['openid', 'groups'], clientSecret: 'env:SECRET', sessionMs: 1_800_000 },
    });
  });

  it.each([
    ['people: { issuer: https://a.test, clientId: x }', 'people.roles is missing'],
    ['people: { issuer: https://a.test, clientId: x, roles: {} }', 'people.roles'],
    ['people: { issuer: https://a.test, clientId: x, roles: { boss: [a] } }', 'roles.boss'],
    ['people: { issuer: https://a.test, clientId: x, roles: { admin: [] } }', 'people.roles.admin'],
    ['people: { issuer: http://a.test, clientId: x, roles: { admin: [a] } }', 'has no discovery'],
    ['people: { issuer: "https://a.test?x=1", clientId: x, roles: { admin: [a] } }', 'discovery'],
    [`people: { ${PEOPLE}, clientSecret: hunter2 }`, 'never the secret itself'],
    [`people: { ${PEOPLE}, session: 30d }`, 'people.session is not allowed'],
    [`people: { ${PEOPLE}, name: "$x" }`, 'a text with claims in it'],
  ])('are refused as %s', (text, problem) => {
    expect(read(text)).toMatchObject({ problems: expect.stringContaining(problem) as string });
  });
});

describe('where browsers reach the console', () => {
  it('is where it listens, the first of its names, or what is said', () => {
    expect(read('data: x')).toMatchObject({ web: { url: undefined } });
    const names = 'names: [Steno.Acme.test, other.test]';
    expect(read(`web: { ${names} }`)).toMatchObject({ web: { url: 'https://steno.acme.test' } });
    const url = 'url: https://other.test:8443/';
    expect(read(`web: { ${names}, ${url} }`)).toMatchObject({
      web: { url: 'https://other.test:8443' },
    });
    expect(read('web: { url: http://localhost:9000 }')).toMatchObject({
      web: { url: 'http://localhost:9000' },
    });
  });

  it.each([
    ['web: { url: https://evil.test }', 'is no name by which'],
    ['web: { names: [a.test], url: http://a.test }', 'is off loopback and unprotected'],
    ['web: { names: [a.test], url: https://a.test/steno }', 'web.url'],
    ['web: { url: javascript:alert }', 'web.url'],
  ])('is not %s', (text, problem) => {
    expect(read(text)).toMatchObject({ problems: expect.stringContaining(problem) as string });
  });
});
