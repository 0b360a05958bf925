import { connect } from 'node:net';
import type { Socket } from 'node:net';
import {
  encodeClose,
  encodeCopyData,
  encodeCopyFail,
  encodeDescribe,
  encodeEmptyToServer,
  encodeErrorResponse,
  encodeExecute,
  encodeFunctionCall,
  encodeQuery,
  encodeReadyForQuery,
  encodeSslRequest,
  encodeStartup,
} from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeTarget, WELCOME } from './fake-target.js';
import { EXECUTE, FLUSH, SYNC, bind, describePortal, parse } from './messages.js';
import { RawClient, letters } from './raw-client.js';
import { brokenCommitments } from './record.js';
import { Rig, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const MIB = 1024 * 1024;
/** That messages may claim to have. */
const LENGTHS = [0, 3, 4, 100, 70_000, 20 * MIB, 0x7fffffff, 0xffffffff];
const DONE = encodeEmptyToServer('copyDone');

/** The same numbers for the same seed (mulberry32), so that a failure can be had again. */
class Dice {
  constructor(private state: number) {}

  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

const OF_CLIENTS = [
  encodeQuery('select 1'),
  encodeQuery('select generate_series(1, 1000); select 1/0'),
  encodeQuery('begin'),
  encodeQuery('rollback'),
  encodeQuery('copy (select 1) to stdout'),
  encodeQuery('create temp table if not exists t (a text); copy t from stdin'),
  encodeCopyData(Buffer.from('some\nlines\n')),
  encodeCopyFail('no'),
  DONE,
  parse('select $1::int', 's'),
  parse('select 1'),
  parse('copy t from stdin'),
  bind(['1'], { statement: 's', portal: 'p', results: [1] }),
  bind(),
  describePortal(),
  describePortal('p'),
  encodeDescribe({ kind: 'statement', name: 's' }),
  EXECUTE,
  encodeExecute('p', 1),
  encodeClose({ kind: 'statement', name: 's' }),
  encodeClose({ kind: 'portal', name: 'p' }),
  encodeFunctionCall({ functionOid: 1397, argumentFormats: [], values: [null], resultFormat: 0 }),
  SYNC,
  FLUSH,
  encodeEmptyToServer('terminate'),
];

/** What the target says to commands of clients, where they succeed. */
const TAGS = new Map([
  ['select 1', ['SELECT 1']],
  ['begin', ['BEGIN']],
  ['rollback', ['ROLLBACK']],
  ['copy (select 1) to stdout', ['COPY 1']],
  ['select $1::int', ['SELECT 1']],
]);

const OF_TARGETS = [
  Buffer.from('1\0\0\0\x04', 'latin1'),
  Buffer.from('2\0\0\0\x04', 'latin1'),
  Buffer.from('3\0\0\0\x04', 'latin1'),
  Buffer.from('T\0\0\0\x1b\0\x01a\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0', 'latin1'),
  Buffer.from('D\0\0\0\x0b\0\x01\0\0\0\x011', 'latin1'),
  Buffer.from('C\0\0\0\x0dSELECT 1\0', 'latin1'),
  Buffer.from('G\0\0\0\x07\0\0\0', 'latin1'),
  Buffer.from('H\0\0\0\x07\0\0\0', 'latin1'),
  Buffer.from('d\0\0\0\x07abc', 'latin1'),
  Buffer.from('s\0\0\0\x04', 'latin1'),
  Buffer.from('n\0\0\0\x04', 'latin1'),
  Buffer.from('I\0\0\0\x04', 'latin1'),
  Buffer.from('A\0\0\0\x0d\0\0\0\x07ab\0c\0', 'latin1'),
  Buffer.from('V\0\0\0\x08\xff\xff\xff\xff', 'latin1'),
  encodeErrorResponse({ severity: 'ERROR', code: '22012', message: 'division by zero' }),
  encodeErrorResponse({ severity: 'FATAL', code: '57P01', message: 'the end' }),
  encodeReadyForQuery('idle'),
  encodeReadyForQuery('failed'),
];

/** Some messages in any order, here and there spoilt. */
function traffic(dice: Dice, messages: readonly Buffer[]): Buffer {
  const chosen: Buffer[] = Array.from({ length: 1 + dice.below(12) }, () =>
    Buffer.from(dice.pick(messages)),
  );
  const spoilt = dice.pick(chosen);
  switch (dice.below(6)) {
    case 0:
      spoilt[dice.below(spoilt.length)] = dice.below(256);
      break;
    case 1:
      chosen.splice(dice.below(chosen.length), 0, dice.bytes(dice.below(40)));
      break;
    case 2:
      chosen.push(spoilt.subarray(0, dice.below(spoilt.length)));
      break;
    case 3:
      if (spoilt.length >= 5) spoilt.writeUInt32BE(dice.pick(LENGTHS), 1);
      break;
  }
  return Buffer.concat(chosen);
}

/** Sends in pieces of any size, then nothing more; resolves when the other side has ended. */
function throwAt(socket: Socket, bytes: Buffer, dice: Dice): Promise<void> {
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined); // to be cut off is what is expected
  socket.resume();
  for (let at = 0; at < bytes.length;) {
    const size = 1 + dice.below(dice.pick([3, 30, 3_000]));
    socket.write(bytes.subarray(at, at + size));
    at += size;
  }
  socket.end();
  return ended;
}

let target: TestTarget;
let fake: FakeTarget;
let rig: Rig;
/** What the fake target answers next. */
let answer: Buffer = Buffer.alloc(0);
beforeAll(async () => {
  target = await startTarget();
  fake = await FakeTarget.start((socket, _, times) => {
    socket.write(times === 0 ? WELCOME : answer);
    if (times > 0) socket.end();
  });
  rig = await Rig.start({
    targets: [targetAt(target), targetAt(fake, { name: 'fake' })],
    limits: {
      authDeadlineMs: 2_000,
      preAuthPerSource: 1_000,
      commandBytes: MIB,
      messageBytes: 16 * MIB,
    },
  });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
  fake.stop();
});

/** The gateway answers, has no session left over, and met nothing that it did not expect. */
async function expectSound(identities: readonly string[]): Promise<void> {
  expect(rig.warnings).toEqual([]);
  await until('all sessions are over', () =>
    rig.capture.figures().sessions === 0 ? true : undefined,
  );
  const identity = `ci/sound-${identities[0]}`;
  const client = await RawClient.login(await rig.login(identity));
  expect(letters(await client.ask(encodeQuery('select 1')))).toBe('TDCZ');
  client.close();
  await rig.session(identity);
  const events = await rig.events('data');
  const open = new Set(events.map(({ stream }) => stream));
  for (const { stream, type } of events) if (type === 'session.closed') open.delete(stream);
  expect([...open]).toEqual([]);
  for (const name of identities) {
    for (const record of await rig.sessions(name)) {
      expect(brokenCommitments(record, rig.installation.key)).toEqual([]);
      // Nothing that was forwarded stays without a word about its end.
      expect(record.commands.filter(({ response }) => response === undefined)).toEqual([]);
    }
  }
}

describe('whoever sends nonsense', () => {
  it('before logging in is sent away', async () => {
    const starts = [
      encodeStartup({ minor: 2, parameters: new Map([['user', 'x']]), protocolOptions: new Map() }),
      encodeSslRequest(),
      Buffer.from('0000000800020000', 'hex'),
      Buffer.from('p\0\0\0\x08abc\0', 'latin1'),
      Buffer.from('160301', 'hex'),
    ];
    const dice = new Dice(1);
    const thrown = Array.from({ length: 150 }, () => {
      const bytes = dice.below(3) === 0 ? dice.bytes(dice.below(300)) : traffic(dice, starts);
      return throwAt(connect(rig.port, '127.0.0.1'), bytes, dice);
    });
    await Promise.all(thrown);
    await expectSound(['before']);
  });

  it.each([2, 3, 4])('in a session harms nobody (seed %i)', async (seed) => {
    const received = new Map<string, number>();
    const throwOne = async (round: number, index: number) => {
      const dice = new Dice(seed * 1_000 + round * 10 + index);
      const identity = `ci/hostile-${seed}-${round}-${index}`;
      const { socket, messages } = await RawClient.login(await rig.login(identity));
      await throwAt(socket as Socket, traffic(dice, OF_CLIENTS), dice);
      received.set(identity, messages.filter(({ type }) => type === 'D').length);
    };
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(Array.from({ length: 8 }, (_, index) => throwOne(round, index)));
    }
    await expectSound([...received.keys()]);
    for (const [identity, rows] of received) {
      const record = await rig.session(identity);
      expect([identity, Number(record.closed.rows)]).toEqual([identity, rows]);
      for (const { text, response } of record.commands) {
        const tags = TAGS.get(text);
        if (tags === undefined || response?.status !== 'ok') continue;
        // Each answer stands with its own command, whatever came between.
        expect([identity, text, response.tags]).toEqual([identity, text, tags]);
      }
    }
  });

  it.each([5, 6])('as a target harms nobody (seed %i)', async (seed) => {
    const dice = new Dice(seed);
    const identity = `ci/hostile-target-${seed}`;
    const login = await rig.login(identity, 'fake');
    for (let left = 100; left > 0; left -= 1) {
      answer = traffic(dice, OF_TARGETS);
      const { socket } = await RawClient.login(login);
      // What it gets back makes as little sense: it is not read as messages.
      socket.removeAllListeners('data');
      const sane = Buffer.concat(Array.from({ length: 5 }, () => dice.pick(OF_CLIENTS)));
      await throwAt(socket as Socket, sane, dice);
    }
    await expectSound([identity]);
  });
});
