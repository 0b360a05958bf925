import { describe, expect, it } from 'vitest';
import type { Config } from './config.js';
import { formatProblem } from './problem.js';
import { parseConfig } from './read-config.js';

const TARGET = `targets:
  - name: orders
    protocol: postgres
    address: db.example:5432
    database: shop
    credential: { username: app, password: env:ORDERS_PASSWORD }
`;
const GROUP = '{ group: a, credential: { username: b } }';
const VAULT = 'vault: { address: http://127.0.0.1:8200, auth: { token: env:T } }\n';
const withCredential = (credential: string): string =>
  TARGET.replace(/credential: .*/, `credential: ${credential}`);

function good(text: string): Config {
  const result = parseConfig(text, '/etc/steno/steno.yaml');
  if (Array.isArray(result)) throw new Error(result.map(formatProblem).join('\n'));
  return result;
}

function bad(text: string): string {
  const result = parseConfig(text, 'steno.yaml');
  return Array.isArray(result) ? result.map(formatProblem).join('\n') : '';
}

describe('credentials', () => {
  it('are of groups first, and may be made by Vault', () => {
    const { targets, vault, credentialKeys } = good(
      `${withCredential('{ password: vault:database/readonly }')}
    credentials: [{ group: dba, credential: { username: dba, password: sealed:dba } }]
${VAULT}data: ./x`,
    );
    expect(targets[0]).toMatchObject({
      credential: { username: undefined, password: 'vault:database/readonly' },
      credentials: [{ group: 'dba', credential: { username: 'dba', password: 'sealed:dba' } }],
    });
    expect(vault).toMatchObject({ kv: 'secret', database: 'database', namespace: undefined });
    expect(vault?.auth).toEqual({ method: 'token', token: 'env:T' });
    expect(credentialKeys).toMatch(/\/x\/keys\/credentials\.pem$/);
  });

  it.each([
    ['appRole: { roleId: r, secretId: file:s }', { method: 'approle', mount: 'approle' }],
    [
      'kubernetes: { role: r, jwt: file:j, mount: k8s }',
      { method: 'kubernetes', mount: 'k8s', role: 'r', jwt: 'file:j' },
    ],
  ])('are had from Vault by %s', (way, auth) => {
    expect(good(VAULT.replace('token: env:T', way)).vault?.auth).toMatchObject(auth);
  });
});

describe('what is refused', () => {
  it.each<[string, string]>([
    [withCredential('{ password: env:A }'), 'credential.username is missing'],
    [withCredential('{ username: a, password: vault:kv/a#b }'), 'needs the settings of `vault`'],
    [withCredential('{ username: a, password: vault:kv/../a#b }'), 'password is not what may'],
    [withCredential('{ username: a, password: vault:kv/a }'), 'password is not what may'],
    [withCredential('{ username: a, password: sealed:a/b }'), 'password is not what may'],
    [
      `${withCredential('{ username: a, password: vault:database/b }')}${VAULT}`,
      'credential.username cannot be chosen where Vault makes the user',
    ],
    [TARGET.replace(/ +credential:.*\n/, ''), 'targets[0].credential is missing'],
    [`${TARGET}    credentials: [${GROUP}, ${GROUP}]`, 'credentials[1].group is there twice'],
    [VAULT.replace('8200', '8200/x?y'), 'vault.address is not what may stand here'],
    [VAULT.replace('127.0.0.1', '10.0.0.1'), 'vault.address is off loopback'],
    [VAULT.replace('token: env:T', ''), 'vault.auth must be one way; allowed: one of token,'],
    [
      VAULT.replace('token: env:T', 'token: env:T, kubernetes: { role: r, jwt: file:j }'),
      'vault.auth must be one way',
    ],
  ])('%j', (text, problem) => {
    expect(bad(text)).toContain(problem);
  });
});
