import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type ScramAnswer,
  type ScramOptions,
  ScramFailure,
  md5Password,
  saltPassword,
  startScram,
} from './scram.js';

// RFC 7677, section 3.
const rfc = {
  options: { user: 'user', password: 'pencil', nonce: 'rOprNGfwEbeRWgbNEkqO' },
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst:
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,' +
    'p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

async function answered(options: ScramOptions, serverFirst: string | Buffer): Promise<ScramAnswer> {
  const answer = await startScram(options).answer(Buffer.from(serverFirst));
  if (answer instanceof ScramFailure) throw new Error(answer.reason);
  return answer;
}

describe('SCRAM-SHA-256', () => {
  it('gives the messages of RFC 7677', async () => {
    const start = startScram(rfc.options);
    expect(start.mechanism).toBe('SCRAM-SHA-256');
    expect(start.message.toString()).toBe(rfc.clientFirst);
    const answer = await answered(rfc.options, rfc.serverFirst);
    expect(answer.message.toString()).toBe(rfc.clientFinal);
    expect(answer.verify(Buffer.from(rfc.serverFinal))).toBeUndefined();
  });

  it('escapes a user name', () => {
    const { message } = startScram({ ...rfc.options, user: 'a=b,c' });
    expect(message.toString()).toBe('n,,n=a=3Db=2Cc,r=rOprNGfwEbeRWgbNEkqO');
  });

  it.each([
    ['a shorter nonce', 'r=rOpr,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', 'nonce-mismatch'],
    ['our nonce alone', 'r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096', 'nonce-mismatch'],
    ['another nonce', 'r=xOprNGfwEbeRWgbNEkqOabc,s=W22Z,i=4096', 'nonce-mismatch'],
    ['1,000,001 rounds', 'r=rOprNGfwEbeRWgbNEkqOa,s=W22Z,i=1000001', 'too-many-iterations'],
    ['9,999,999,999 rounds', 'r=rOprNGfwEbeRWgbNEkqOa,s=W22Z,i=9999999999', 'too-many-iterations'],
    ['no rounds', 'r=rOprNGfwEbeRWgbNEkqOa,s=W22Z,i=0', 'bad-message'],
    ['-1 rounds', 'r=rOprNGfwEbeRWgbNEkqOa,s=W22Z,i=-1', 'bad-message'],
    ['no salt', 'r=rOprNGfwEbeRWgbNEkqOa,s=,i=4096', 'bad-message'],
    ['a mandatory extension', 'm=x,r=rOprNGfwEbeRWgbNEkqOa,s=W22Z,i=4096', 'bad-message'],
    ['nothing', '', 'bad-message'],
    ['5,000 bytes', `r=rOprNGfwEbeRWgbNEkqO${'a'.repeat(5000)},s=W22Z,i=1`, 'bad-message'],
  ])('ends on a server that sends %s', async (_name, serverFirst, reason) => {
    const answer = await startScram(rfc.options).answer(Buffer.from(serverFirst));
    expect(answer).toBeInstanceOf(ScramFailure);
    expect(answer).toMatchObject({ reason });
  });

  it.each([
    ['a wrong signature', 'v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', 'server-signature'],
    ['a short signature', 'v=6rriTRA=', 'server-signature'],
    ['a refusal', 'e=invalid-proof', 'server-refused'],
    ['nothing', '', 'bad-message'],
    ['no base64', 'v=!!!!', 'bad-message'],
  ])('does not believe a server that proves itself with %s', async (_name, final, reason) => {
    const answer = await answered(rfc.options, rfc.serverFirst);
    expect(answer.verify(Buffer.from(final))).toMatchObject({ reason });
  });

  it('takes derived keys from its caller', async () => {
    const seen: unknown[] = [];
    const salting: typeof saltPassword = (password, salt, iterations) => {
      seen.push([password, salt.toString('base64'), iterations]);
      return saltPassword(password, salt, iterations);
    };
    const answer = await answered({ ...rfc.options, salting }, rfc.serverFirst);
    expect(answer.message.toString()).toBe(rfc.clientFinal);
    expect(seen).toEqual([['pencil', 'W22ZaJ0SNY7soEsUEjb6gQ==', 4096]]);
  });
});

describe('channel binding', () => {
  it('says so where the server offers none', async () => {
    const options = { ...rfc.options, channelBinding: 'not-offered' as const };
    const start = startScram(options);
    expect(start.mechanism).toBe('SCRAM-SHA-256');
    expect(start.message.toString()).toMatch(/^y,,n=/);
    const { message } = await answered(options, rfc.serverFirst);
    expect(message.toString()).toMatch(/^c=eSws,/);
  });

  it('binds to the hash of the certificate, which the proof covers', async () => {
    const tlsServerEndPoint = createHash('sha256').update('certificate').digest();
    const options = { ...rfc.options, channelBinding: { tlsServerEndPoint } };
    const start = startScram(options);
    expect(start.mechanism).toBe('SCRAM-SHA-256-PLUS');
    expect(start.message.toString()).toBe(`p=tls-server-end-point,,${rfc.clientFirst.slice(3)}`);
    const { message } = await answered(options, rfc.serverFirst);
    const [binding = '', nonce = '', proof = ''] = message.toString().split(/,(?=[rp]=)/);
    const header = Buffer.concat([Buffer.from('p=tls-server-end-point,,'), tlsServerEndPoint]);
    expect(binding).toBe(`c=${header.toString('base64')}`);
    // The server's side: the key that the proof reveals hashes to the stored one.
    const salted = pbkdf2Sync(
      'pencil',
      Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
      4096,
      32,
      'sha256',
    );
    const hmac = (key: Buffer, data: string) => createHmac('sha256', key).update(data).digest();
    const clientKey = hmac(salted, 'Client Key');
    const storedKey = createHash('sha256').update(clientKey).digest();
    const signed = `n=user,r=${rfc.options.nonce},${rfc.serverFirst},${binding},${nonce}`;
    const signature = hmac(storedKey, signed);
    const revealed = Buffer.from(proof.slice(2), 'base64').map(
      (byte, at) => byte ^ (signature[at] ?? 0),
    );
    expect(Buffer.from(revealed)).toEqual(clientKey);
  });
});

it('md5Password hashes the password with the user, then with the salt', () => {
  expect(md5Password('user', 'pencil', Buffer.from('01020304', 'hex'))).toBe(
    'md54376eb6913b38f9aaff38dc7cf19ca76',
  );
});
