import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeAuthentication } from '../src/backend.js';
import { decodePassword, decodeSaslInitialResponse } from '../src/frontend.js';
import { isMalformed } from '../src/malformed.js';
import { ScramFailure, md5Password, saltPassword, startScram } from '../src/scram.js';
import { scanChunks } from './collector.js';
import { loadRecording, loadVerifiers } from './recordings.js';

describe('authentication, as recorded,', () => {
  it('gives the messages that libpq sent to PostgreSQL 15', async () => {
    const { frontend, backend } = loadRecording('auth-scram');
    const sent = scanChunks([frontend], { side: 'frontend' }).messages.map(({ body }) => body);
    const received = scanChunks([backend], { side: 'backend' }).messages.map(({ body }) => body);
    const initial = decodeSaslInitialResponse(sent[0] ?? Buffer.alloc(0));
    if (isMalformed(initial)) throw new Error(initial.detail);
    const nonce = initial.response?.toString().split(',r=')[1] ?? '';
    const options = { user: '', password: 'tiger', nonce };
    expect(startScram(options).message).toEqual(initial.response);
    const data = received.slice(0, 3).map((body) => decodeAuthentication(body));
    expect(data[0]).toEqual({ kind: 'sasl', mechanisms: ['SCRAM-SHA-256'] });
    if (isMalformed(data[1]) || data[1]?.kind !== 'sasl-continue') throw new Error('no challenge');
    if (isMalformed(data[2]) || data[2]?.kind !== 'sasl-final') throw new Error('no proof');
    const answer = await startScram(options).answer(data[1].data);
    if (answer instanceof ScramFailure) throw new Error(answer.reason);
    expect(answer.message).toEqual(sent[1]);
    expect(answer.verify(data[2].data)).toBeUndefined();
  });

  it.each(loadVerifiers())(
    'prepares the password $password as PostgreSQL 15 did',
    async (stored) => {
      const [, iterations = '', salt = '', storedKey = ''] =
        /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(stored.verifier) ?? [];
      const salted = await saltPassword(
        stored.password,
        Buffer.from(salt, 'base64'),
        Number(iterations),
      );
      const clientKey = createHmac('sha256', salted).update('Client Key').digest();
      expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
    },
  );

  it('md5Password gives what libpq sent to PostgreSQL 15', () => {
    const { frontend, backend } = loadRecording('auth-md5');
    const [request] = scanChunks([backend], { side: 'backend' }).messages;
    const [answer] = scanChunks([frontend], { side: 'frontend' }).messages;
    const asked = decodeAuthentication(request?.body ?? Buffer.alloc(0));
    if (isMalformed(asked) || asked.kind !== 'md5-password') throw new Error('no md5 request');
    const given = decodePassword(answer?.body ?? Buffer.alloc(0));
    if (isMalformed(given)) throw new Error(given.detail);
    expect(md5Password('md5user', 'tiger', asked.salt)).toBe(given.password.toString());
  });
});
