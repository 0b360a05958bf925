import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { BatchWriter, EventStream, readBatch, systemClock } from '@steno/sessions';
import type { Facts } from '@steno/sessions';
import { describe, expect, it } from 'vitest';
import { lostFacts } from './activity-facts.js';

/** The facts as a reader of the log finds them. */
function readBack(facts: Facts) {
  const origin = {
    installation: 'a1',
    tenant: 'default',
    instance: 'api',
    boot: 'boot-1',
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array(),
    sign: undefined,
  };
  const batch = new BatchWriter();
  const nobody = { identity: '', target: '' };
  new EventStream(origin, 'control/api/boot-1', nobody).append(batch, facts, []);
  const records = readBatch(batch.take().bytes);
  if ('malformed' in records) throw new Error(records.malformed);
  return records.map(({ raw }) => fromBinary(EnvelopeSchema, raw).facts);
}

describe('an instance that is declared lost', () => {
  it('is named with who said it, why, and where the log ended then', () => {
    const lost = { instance: 'capture-1', boot: 'boot-0', actor: 'ann', reason: 'its disk' };
    const ends = new Map([
      [0, 40],
      [3, 0],
    ]);
    const dataEnds = [{ partition: 0, offset: 40n }, { partition: 3 }];
    expect(readBack(lostFacts(lost, ends))).toMatchObject([
      { case: 'instanceLost', value: { ...lost, dataEnds } },
    ]);
  });
});
