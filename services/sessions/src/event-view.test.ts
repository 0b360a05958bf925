import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { leafHash } from './chain.js';
import { sessionIdOf, sessionStream, toEventView } from './event-view.js';
import type { ContentReaders } from './event-view.js';

const readers: ContentReaders = {
  decodeBinds: (bytes) => [Buffer.from(bytes).toString(), null],
  errorMessage: (bytes) => Buffer.from(bytes).toString(),
};
const commitment = new Uint8Array(32).fill(0xab);
const text = Buffer.from('SELECT 1');

function view(
  envelope: MessageInitShape<typeof EnvelopeSchema>,
  contents: (Uint8Array | undefined)[] = [],
) {
  const raw = toBinary(EnvelopeSchema, create(EnvelopeSchema, { ...common, ...envelope }));
  return { raw, view: toEventView({ topic: 'data', raw, contents }, readers) };
}

const common = {
  installation: 'a1',
  tenant: 'default',
  stream: 'session/0199a5c0-0000-7000-8000-000000000001',
  instance: 'capture-1',
  boot: 'boot-1',
  identity: 'ci/deploy',
  target: 'orders',
  version: 1,
  position: 3n,
  previous: new Uint8Array(32).fill(1),
  occurredAt: 1_795_000_000_000_000_001n,
  recordedAt: 1_795_000_000_000_000_002n,
  emitted: 9n,
};

function command(contents: (Uint8Array | undefined)[]) {
  return view(
    {
      type: 'command.submitted',
      contents: [
        { kind: 'text', length: 8n, commitment, heldAtPlusOne: 2n },
        { kind: 'binds', length: 1n, commitment },
      ],
      facts: {
        case: 'commandSubmitted',
        value: {
          kind: 'execute',
          parameters: 2,
          decision: { effect: 'allow', rule: 'default', policyVersion: 'p1', approval: 'a1' },
          redacted: [{ type: 'password', count: 2n }],
          statements: [
            {
              kind: 'select',
              bringsAbout: ['delete'],
              objects: [
                { kind: 'table', name: 'public.a', access: 'read' },
                { kind: 'table', name: 'public.b', access: 'write' },
                { kind: 'table', name: 'public.b', access: 'write' },
                { kind: 'function', name: '?.f', access: 'call' },
              ],
              objectsLeftOut: 7,
              shape: "select ''",
            },
            { kind: 'do', opaque: true },
          ],
          statementsLeftOut: 3,
        },
      },
    },
    contents,
  ).view;
}

describe('an event view', () => {
  it('says what the envelope says', () => {
    const { raw, view: shown } = view({
      type: 'session.closed',
      facts: { case: 'sessionClosed', value: { reason: 'client-closed', commands: 2n } },
    });
    expect(shown).toEqual({
      topic: 'data',
      stream: common.stream,
      sessionId: '0199a5c0-0000-7000-8000-000000000001',
      position: 3,
      type: 'session.closed',
      version: 1,
      occurredAt: '2026-11-18T11:06:40.000000001Z',
      recordedAt: '2026-11-18T11:06:40.000000002Z',
      hash: leafHash(raw),
      previousHash: '01'.repeat(32),
      identity: 'ci/deploy',
      target: 'orders',
      instance: 'capture-1',
      boot: 'boot-1',
      emitted: 9,
      contents: [],
      facts: {
        reason: 'client-closed',
        commands: 2,
        errors: 0,
        rows: 0,
        bytes: 0,
        finalPosition: 0,
      },
    });
  });

  it('shows a command with its text and binds', () => {
    const shown = command([text, Buffer.from('7')]);
    expect(shown.command).toEqual({
      kind: 'execute',
      text: 'SELECT 1',
      parameters: 2,
      binds: ['7', null],
      decision: { effect: 'allow', rule: 'default', policyVersion: 'p1', approval: 'a1' },
      redacted: [{ type: 'password', count: 2 }],
      statements: [
        {
          kind: 'select',
          bringsAbout: ['delete'],
          reads: ['public.a'],
          writes: ['public.b'],
          calls: ['?.f'],
          leftOut: 7,
          shape: "select ''",
        },
        { kind: 'do', opaque: true },
      ],
      statementsLeftOut: 3,
    });
    expect(shown.facts).toBeUndefined();
    expect(shown.contents[0]).toEqual({
      kind: 'text',
      length: 8,
      commitment: 'ab'.repeat(32),
      heldAt: 1,
    });
    expect(shown.contents[1]).not.toHaveProperty('heldAt');
  });

  it('says that text is gone, and never shows a part of it for the whole', () => {
    expect(command([undefined, undefined]).command).toMatchObject({ text: null, erased: true });
    expect(command([text.subarray(1)]).command).toMatchObject({ text: null, erased: true });
    expect(command([text]).command).not.toHaveProperty('binds');
  });

  it('takes content of no length for empty, not for gone', () => {
    const { view: shown } = view({
      type: 'command.submitted',
      contents: [{ kind: 'text', length: 0n, commitment }],
      facts: { case: 'commandSubmitted', value: { kind: 'query' } },
    });
    expect(shown.command).toEqual({ kind: 'query', text: '' });
  });

  it('replaces what is not UTF-8 and keeps a byte order mark', () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x62, 0x63, 0x64]);
    expect(command([bytes]).command?.text).toBe('\ufeffa\ufffdbcd');
  });

  it('shows a response with digest, columns and error', () => {
    const { view: shown } = view(
      {
        type: 'response.completed',
        contents: [{ kind: 'error', length: 3n, commitment }],
        facts: {
          case: 'responseCompleted',
          value: {
            command: 2n,
            status: 'error',
            error: { code: '42P01', severity: 'ERROR' },
            rows: 5n,
            durationNs: 7n,
            sha256: new Uint8Array(32).fill(2),
            columns: [{ name: 'id', type: 23, format: 'text' }],
            tags: ['SELECT 5'],
            inputBytes: 4n,
            inputHmac: new Uint8Array(32).fill(3),
            masked: [{ type: 'email', count: 7n }],
            inputRedacted: [{ type: 'card', count: 1n }],
          },
        },
      },
      [Buffer.from('no!')],
    );
    expect(shown.response).toEqual({
      command: 2,
      status: 'error',
      rows: 5,
      rowsAffected: 0,
      bytes: 0,
      durationNs: 7,
      sha256: '02'.repeat(32),
      tags: ['SELECT 5'],
      columns: [{ name: 'id', type: 23 }],
      notices: 0,
      error: { code: '42P01', severity: 'ERROR', message: 'no!' },
      outputKept: 0,
      masked: [{ type: 'email', count: 7 }],
      input: { bytes: 4, hmac: '03'.repeat(32), redacted: [{ type: 'card', count: 1 }] },
    });
  });

  it('gives other facts with numbers, hex and times', () => {
    const { view: shown } = view({
      type: 'session.opened',
      position: 0n,
      facts: {
        case: 'sessionOpened',
        value: {
          issuer: 'https://issuer.test',
          claims: [{ name: 'job_id', value: '42' }],
          tokenFingerprint: Uint8Array.of(0xde, 0xad),
          tokenExpiresAt: 1_795_000_000_000_000_000n,
          parent: { stream: 's', position: 4n },
          actors: ['a', 'b'],
        },
      },
    });
    expect(shown.facts).toEqual({
      issuer: 'https://issuer.test',
      claims: [{ name: 'job_id', value: '42' }],
      tokenFingerprint: 'dead',
      tokenExpiresAt: '2026-11-18T11:06:40.000000000Z',
      endsWithToken: false,
      parent: { stream: 's', position: 4 },
      actors: ['a', 'b'],
    });
  });

  it('names a session only on session streams', () => {
    const { view: shown } = view({
      stream: 'activity/api-1/boot-1',
      identity: '',
      target: '',
      type: 'access.viewed',
      facts: { case: 'accessViewed', value: { actor: 'local' } },
    });
    expect(shown).not.toHaveProperty('sessionId');
    expect(shown).not.toHaveProperty('identity');
    expect(sessionIdOf(sessionStream('x'))).toBe('x');
    expect(sessionIdOf('control/a/b')).toBeUndefined();
  });
});
