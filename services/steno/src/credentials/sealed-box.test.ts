import { chmodSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyFile } from './key-file.js';
import { openSecret, sealSecret } from './sealed-box.js';
import type { SealedBox } from './sealed-box.js';

const PURPOSE = { installation: 'i', name: 'orders', version: 1 };

let made: string;
beforeAll(() => {
  made = mkdtempSync(join(tmpdir(), 'steno-made-'));
  new KeyFile(join(made, 'credentials.pem')).create();
});
afterAll(() => rmSync(made, { recursive: true }));

let folder: string;
let path: string;
let keys: KeyFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-keys-'));
  path = join(folder, 'credentials.pem');
  keys = new KeyFile(path);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The same for all, since making them takes long. */
const haveKeys = () => cpSync(made, folder, { recursive: true });
const sealed = (secret = 'hunter2'): SealedBox => sealSecret(secret, keys.publicKey, PURPOSE);

describe('a sealed box', () => {
  it.each(['hunter2', 'x'.repeat(63), 'x'.repeat(64), 'ü€\u0080', '\u0080\0'])(
    'opens to what was put in: %j',
    async (secret) => {
      haveKeys();
      expect(await openSecret(sealed(secret), keys, PURPOSE)).toBe(secret);
    },
  );

  it('does not tell how long the secret is, nor that it is the same', () => {
    haveKeys();
    expect(sealed('a').ciphertext.length).toBe(sealed('a'.repeat(60)).ciphertext.length);
    expect(sealed('a').ciphertext).not.toEqual(sealed('a').ciphertext);
  });

  it.each([{ installation: 'other' }, { name: 'other' }, { version: 2 }])(
    'does not open for %j',
    async (other) => {
      haveKeys();
      const opened = openSecret(sealed(), keys, { ...PURPOSE, ...other });
      await expect(opened).rejects.toThrow('damaged, or was sealed for another');
    },
  );

  it('does not open once a bit of it is another', async () => {
    haveKeys();
    const box = sealed();
    for (let at = 0; at < box.ciphertext.length; at += 1) {
      const ciphertext = Buffer.from(box.ciphertext);
      ciphertext.writeUInt8(ciphertext.readUInt8(at) ^ 1, at);
      await expect(openSecret({ ...box, ciphertext }, keys, PURPOSE)).rejects.toThrow('damaged');
    }
    const wrappedKey = Buffer.from(box.wrappedKey);
    wrappedKey.writeUInt8(wrappedKey.readUInt8(9) ^ 1, 9);
    await expect(openSecret({ ...box, wrappedKey }, keys, PURPOSE)).rejects.toThrow();
    const cut = { ...box, ciphertext: Buffer.alloc(3) };
    await expect(openSecret(cut, keys, PURPOSE)).rejects.toThrow('damaged');
  });
});

describe('the file of keys', () => {
  it('is made once, for its owner alone; the public half for everybody', () => {
    expect(keys.isThere).toBe(false);
    expect(keys.create()).toBe(true);
    const first = keys.publicKey;
    expect(keys.create()).toBe(false);
    expect(keys.publicKey).toBe(first);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    rmSync(`${path}.pub`);
    expect(keys.publicKey).toBe(first);
  });

  it('opens what older keys sealed, until they are forgotten', async () => {
    haveKeys();
    const old = sealed();
    keys.add();
    const fresh = sealed();
    expect(fresh.keyId).not.toBe(old.keyId);
    expect(await openSecret(old, keys, PURPOSE)).toBe('hunter2');
    keys.prune();
    expect(await openSecret(fresh, keys, PURPOSE)).toBe('hunter2');
    await expect(openSecret(old, keys, PURPOSE)).rejects.toThrow(`the key ${old.keyId} is not in`);
  });

  it('seals without the private half', async () => {
    haveKeys();
    const box = sealed();
    rmSync(path);
    expect(sealed().keyId).toBe(box.keyId);
    await expect(openSecret(box, keys, PURPOSE)).rejects.toThrow('is not in');
  });

  it('is not used where others can read it', async () => {
    haveKeys();
    const box = sealed();
    chmodSync(path, 0o640);
    await expect(openSecret(box, keys, PURPOSE)).rejects.toThrow(path);
  });

  it('is missed', () => {
    expect(() => keys.publicKey).toThrow('no key to seal');
    const elsewhere = new KeyFile(join(folder, 'none', 'credentials.pem'));
    expect(() => elsewhere.create()).toThrow('no key to seal');
  });
});
