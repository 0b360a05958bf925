import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lines, makeFolder, steno } from './command-line.js';
import type { Ran } from './command-line.js';
import { ContractServer, problem } from './contract-server.js';
import type { Answer } from './contract-server.js';

const TEXT = 'bot on orders\nSELECT 1\n'.repeat(10_000);

let server: ContractServer;
let folder: ReturnType<typeof makeFolder>;
let answer: Answer;

beforeEach(async () => {
  server = new ContractServer();
  await server.start();
  folder = makeFolder();
  answer = { body: TEXT };
  server.answer = () => answer;
});
afterEach(() => {
  server.stop();
  folder.remove();
});

const run = (...args: string[]): Promise<Ran> =>
  steno(['export', 's 1', ...args], { env: server.env, cwd: folder.path });
const fileAt = (name: string): string => join(folder.path, name);

describe('export', () => {
  it('prints what the api gives', async () => {
    expect(await run('--format', 'cast2')).toEqual({ code: 0, out: TEXT, err: '' });
    expect(server.asked).toMatchObject([{ path: '/api/sessions/s%201/export' }]);
    expect(server.asked[0]?.query.toString()).toBe('format=cast2');
  });

  it('writes it to a file of its owner, in place of another, and says so', async () => {
    writeFileSync(fileAt('a.txt'), 'old');
    const { code, out, err } = await run('--format', 'text', '--out', 'a.txt');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const sha256 = createHash('sha256').update(TEXT).digest('hex');
    expect(err).toBe(`Wrote a.txt: 230,000 bytes, SHA-256 ${sha256}\n`);
    expect(readFileSync(fileAt('a.txt'), 'utf8')).toBe(TEXT);
    expect(statSync(fileAt('a.txt')).mode & 0o777).toBe(0o600);
    const told = await run('--format', 'text', '--out', fileAt('b.txt'), '--json');
    const file = { session: 's 1', format: 'text', out: fileAt('b.txt') };
    expect(lines(told.out)).toEqual([{ ...file, bytes: 230_000, sha256 }]);
  });

  it.each<[string, Answer, number, string]>([
    ['breaks off', { body: TEXT, breaksOff: true }, 3, 'STENO-1038'],
    [
      'is refused',
      { status: 404, body: problem('STENO-3004', 'No such session') },
      1,
      'STENO-1005',
    ],
  ])('leaves the file as it was where the answer %s', async (_, given, exit, error) => {
    answer = given;
    writeFileSync(fileAt('a.txt'), 'old');
    const { code, err } = await run('--format', 'text', '--out', 'a.txt');
    expect({ code, err }).toEqual({ code: exit, err: expect.stringContaining(error) });
    expect(readFileSync(fileAt('a.txt'), 'utf8')).toBe('old');
    expect(readdirSync(folder.path)).toEqual(['a.txt']);
  });

  it('says where it cannot write', async () => {
    mkdirSync(fileAt('a'));
    for (const out of ['a', 'none/a.txt']) {
      const { code, err } = await run('--format', 'text', '--out', out);
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('STENO-1039') });
    }
    expect(readdirSync(folder.path)).toEqual(['a']);
  });

  it.each([[[]], [['--format', 'mp4']]])('refuses %j', async (args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(64);
    expect(err).toContain('--format');
  });
});
