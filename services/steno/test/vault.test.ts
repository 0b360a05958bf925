import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { VaultAuth } from '../src/config/config.js';
import { CredentialSources } from '../src/credentials/credential-sources.js';
import { KeyFile } from '../src/credentials/key-file.js';
import { lines, makeFolder, steno } from './command-line.js';
import { until } from './processes.js';
import { VaultDouble } from './vault-double.js';
import type { VaultDoubleOptions } from './vault-double.js';

const APP_ROLE = { method: 'approle', mount: 'approle', roleId: 'steno' } as const;
const NOTHING = new Map<string, never>();

const folder = makeFolder();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

afterAll(() => {
  folder.remove();
});

async function start(options: VaultDoubleOptions = {}, auth?: VaultAuth) {
  const vault = await VaultDouble.start(options);
  writeFileSync(join(folder.path, 'secret-id'), `${vault.secretId}\n`);
  writeFileSync(join(folder.path, 'jwt'), vault.jwt);
  const warnings: unknown[] = [];
  const settings = {
    address: vault.address,
    namespace: undefined,
    ca: undefined,
    kv: 'secret',
    database: 'database',
    auth: auth ?? { ...APP_ROLE, secretId: 'file:secret-id' },
  };
  const sources = new CredentialSources({
    config: { baseDirectory: folder.path, vault: settings, credentialKeys: '' },
    installation: 'i',
    warn: (message, details) => warnings.push({ message, ...details }),
  });
  stops.push(
    () => vault.stop(),
    () => sources.close(),
  );
  const lease = (password: string) => {
    const username = password.startsWith('vault:database/') ? undefined : 'app';
    return sources.of({ username, password }).lease(NOTHING);
  };
  const failure = (password: string) =>
    lease(password).then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    );
  return { vault, sources, warnings, lease, failure };
}

describe('a secret of KV v2', () => {
  it('is read anew for each session', async () => {
    const { vault, lease } = await start();
    vault.secrets.set('teams/orders', { password: 'one' });
    const first = await lease('vault:kv/teams/orders#password');
    expect(first).toEqual({ username: 'app', password: 'one', hold: undefined });
    vault.secrets.set('teams/orders', { password: 'two' });
    expect((await lease('vault:kv/teams/orders#password')).password).toBe('two');
    expect(vault.asked.filter((asked) => asked.includes('login'))).toHaveLength(1);
  });

  it.each([
    ['vault:kv/none#password', 'Vault answered 404 to secret/data/none'],
    ['vault:kv/orders#none', 'Vault has no text in the field none of secret/data/orders'],
    ['vault:kv/orders#number', 'Vault has no text in the field number'],
  ])('is missed: %s', async (reference, message) => {
    const { vault, failure } = await start();
    vault.secrets.set('orders', { password: 'one', number: 7 });
    expect(await failure(reference)).toContain(message);
  });
});

describe('signing in', () => {
  it.each<VaultAuth>([
    { method: 'kubernetes', mount: 'k8s', role: 'steno', jwt: 'file:jwt' },
    { method: 'token', token: 'file:token' },
  ])('works by %j', async (auth) => {
    const { vault, lease } = await start({}, auth);
    vault.tokens.add('hvs.given');
    writeFileSync(join(folder.path, 'token'), 'hvs.given\n');
    vault.secrets.set('orders', { password: 'one' });
    expect((await lease('vault:kv/orders#password')).password).toBe('one');
  });

  it('that is refused is told, and tried again for the next session', async () => {
    const { vault, failure } = await start();
    writeFileSync(join(folder.path, 'secret-id'), 'wrong');
    vault.secrets.set('orders', { password: 'one' });
    expect(await failure('vault:kv/orders#password')).toBe(
      'Vault answered 400 to auth/approle/login',
    );
    writeFileSync(join(folder.path, 'secret-id'), vault.secretId);
    expect(await failure('vault:kv/orders#password')).toBe('none');
  });

  it('is done again once a token was revoked', async () => {
    const { vault, lease } = await start();
    vault.secrets.set('orders', { password: 'one' });
    await lease('vault:kv/orders#password');
    vault.tokens.clear();
    expect((await lease('vault:kv/orders#password')).password).toBe('one');
  });

  it('is not done again for what its token may not do', async () => {
    const { vault, sources, warnings, lease } = await start();
    const { hold } = await lease('vault:database/readonly');
    vault.denied = 'PUT sys/leases/revoke';
    hold?.release();
    await sources.close();
    expect(warnings).toMatchObject([{ reason: 'Vault answered 403 to sys/leases/revoke' }]);
    expect(vault.tokens.size).toBe(1);
  });

  it('is kept up, since leases end with its token', async () => {
    const { vault, lease } = await start({ tokenSeconds: 1 });
    vault.secrets.set('orders', { password: 'one' });
    await lease('vault:kv/orders#password');
    await until('the token is renewed twice', async () =>
      vault.asked.filter((asked) => asked === 'POST auth/token/renew-self').length >= 2
        ? true
        : undefined,
    );
    expect(vault.tokens.size).toBe(1);
  });
});

describe('Vault that is away', () => {
  it.each([500, 503, 429])('with %d is asked a few times, and quoted never', async (status) => {
    const { vault, failure } = await start();
    vault.outage = status;
    expect(await failure('vault:kv/orders#password')).toBe(
      `Vault answered ${status} to auth/approle/login`,
    );
    expect(vault.asked).toHaveLength(3);
  });

  it('is told by its address, and found again', async () => {
    const { vault, failure } = await start();
    const { address } = vault;
    await vault.stop();
    expect(await failure('vault:kv/orders#password')).toBe(
      `Vault at ${address} cannot be reached: ECONNREFUSED`,
    );
  });

  it('without an answer is given up', async () => {
    const { vault, failure } = await start();
    vault.isMute = true;
    expect(await failure('vault:database/readonly')).toContain('it did not answer in time');
    expect(vault.asked).toHaveLength(1);
  });
});

describe('doctor', () => {
  it('says whether Vault lets Steno in, and whether what is sealed can be opened', async () => {
    const { vault } = await start();
    const target = 'protocol: postgres, address: 127.0.0.1:1, database: d';
    writeFileSync(
      join(folder.path, 'steno.yaml'),
      `data: ./data
vault: { address: '${vault.address}', auth: { token: file:token } }
targets: [{ name: a, ${target}, credential: { username: u, password: sealed:a } }]
`,
    );
    const looked = async () => {
      const args = ['doctor', '--json', '--config', join(folder.path, 'steno.yaml')];
      const checks = lines((await steno(args)).out) as { check: string; status: string }[];
      return checks.filter(({ check }) => ['vault', 'credential', 'secrets'].includes(check));
    };
    writeFileSync(join(folder.path, 'token'), 'hvs.unknown');
    expect((await looked()).map(({ status }) => status)).toEqual(['ok', 'fail', 'fail']);
    vault.tokens.add('hvs.unknown');
    mkdirSync(join(folder.path, 'data', 'keys'), { recursive: true });
    new KeyFile(join(folder.path, 'data', 'keys', 'credentials.pem')).create();
    expect((await looked()).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('a user of the database engine', () => {
  it('is for one session, and revoked when that is over', async () => {
    const { vault, lease } = await start();
    const [one, other] = [
      await lease('vault:database/readonly'),
      await lease('vault:database/readonly'),
    ];
    expect(one.username).not.toBe(other.username);
    one.hold?.release();
    one.hold?.release();
    await until('it is revoked', async () => (vault.leases.size === 1 ? true : undefined));
    expect([...vault.leases.values()].map(({ username }) => username)).toEqual([other.username]);
    expect(vault.asked.filter((asked) => asked === 'PUT sys/leases/revoke')).toHaveLength(1);
  });

  it('is renewed while it is held', async () => {
    const { vault, lease } = await start({ leaseSeconds: 1 });
    const { hold } = await lease('vault:database/readonly');
    let lost: string | undefined;
    void hold?.lost.then((why) => (lost = why));
    await until('it is renewed three times', async () =>
      vault.asked.filter((asked) => asked === 'PUT sys/leases/renew').length >= 3
        ? true
        : undefined,
    );
    expect(lost).toBeUndefined();
  });

  it('that Vault has ended is lost', async () => {
    const { vault, lease } = await start({ leaseSeconds: 1 });
    const { hold } = await lease('vault:database/readonly');
    vault.leases.clear();
    expect(await hold?.lost).toBe('Vault has ended the lease');
  });

  it('is lost when its time is over with Vault away', async () => {
    const { vault, lease } = await start({ leaseSeconds: 1 });
    const { hold } = await lease('vault:database/readonly');
    vault.outage = 503;
    expect(await hold?.lost).toBe('the lease of Vault has come to its end');
    vault.outage = undefined;
  });

  it('is revoked at the end of the gateway, whoever holds it', async () => {
    const { vault, sources, lease } = await start();
    await lease('vault:database/readonly');
    await sources.close();
    expect(vault.leases.size).toBe(0);
  });

  it('that could not be revoked is told of, without what is secret', async () => {
    const { vault, sources, warnings, lease } = await start();
    const { username, password, hold } = await lease('vault:database/readonly');
    vault.outage = 403;
    hold?.release();
    await sources.close();
    expect(warnings).toMatchObject([{ username, reference: 'vault:database/readonly' }]);
    expect(JSON.stringify(warnings)).not.toContain(password);
    expect(JSON.stringify(warnings)).not.toContain('hunter2');
  });
});
