import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { laneMarks } from './lane-marks.js';

type Facts = NonNullable<MessageInitShape<typeof EnvelopeSchema>['facts']>;

const marks = (facts: Facts) =>
  laneMarks(create(EnvelopeSchema, { facts })).map(({ lane, label }) => `${lane}: ${label}`);
const submitted = (decision: object, more: object = {}) =>
  marks({ case: 'commandSubmitted', value: { kind: 'query', decision, ...more } });

describe('the lanes of a session', () => {
  it('tell of decisions that people notice', () => {
    expect(submitted({ effect: 'allow', rule: 'reads' })).toEqual(['command: query']);
    expect(submitted({ effect: 'deny', rule: 'no-ddl' })).toEqual([
      'command: query',
      'decision: denied by no-ddl',
    ]);
    expect(submitted({ effect: 'hold', rule: 'writes', approval: 'a1' })).toEqual([
      'command: query',
      'decision: held by writes',
      'approval: approval asked for',
    ]);
    expect(submitted({ effect: 'allow', approval: 'a1' })).toEqual([
      'command: query',
      'decision: allowed by an earlier approval',
    ]);
  });

  it.each([
    [{ outcome: 'refused', actor: 'ann', reason: 'not now' }, 'refused by ann: not now'],
    [{ outcome: 'expired' }, 'expired'],
    [{ decision: { effect: 'deny' } }, 'deny'],
  ])('tell how an approval ended: %j', (facts, label) => {
    const value = { command: 5n, ...facts };
    expect(marks({ case: 'commandDecided', value })).toEqual([`approval: ${label}`]);
    const [mark] = laneMarks(create(EnvelopeSchema, { facts: { case: 'commandDecided', value } }));
    expect(mark?.askedAt).toBe(5);
  });

  it('tell what was masked and redacted, by type', () => {
    const masked = [
      { type: 'email', count: 3n },
      { type: 'iban', count: 1n },
      { type: 'none', count: 0n },
    ];
    const inputRedacted = [{ type: 'card', count: 2n }];
    const error = { code: '42P01' };
    const value = { status: 'error', error, masked, inputRedacted };
    expect(marks({ case: 'responseCompleted', value })).toEqual([
      'error: 42P01',
      'mask: 3 email, 1 iban',
      'redaction: 2 card',
    ]);
    expect(marks({ case: 'responseCompleted', value: { status: 'ok' } })).toEqual([]);
    const redacted = [{ type: 'password', count: 1n }];
    expect(submitted({ effect: 'allow' }, { redacted })).toContain('redaction: 1 password');
    expect(marks({ case: 'statementPrepared', value: { redacted } })).toEqual([
      'redaction: 1 password',
    ]);
  });

  it('tell of limits, gaps and states, and of nothing else', () => {
    expect(marks({ case: 'limitReached', value: { limit: 'rows' } })).toEqual(['limit: rows']);
    expect(marks({ case: 'gap', value: { reason: 'disk' } })).toEqual(['gap: disk']);
    expect(marks({ case: 'sessionOpened', value: {} })).toEqual(['state: opened']);
    expect(marks({ case: 'sessionClosed', value: { reason: 'drained' } })).toEqual([
      'state: drained',
    ]);
    expect(marks({ case: 'outputCaptured', value: {} })).toEqual([]);
  });
});
