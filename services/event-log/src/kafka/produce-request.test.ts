import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeProduceRequest } from './produce-request.js';
import type { ProduceRequest } from './produce-request.js';

const require = createRequire(import.meta.url);
const encodedByKafkajs = require('kafkajs/src/protocol/requests/produce/v3/request') as (
  request: ProduceRequest,
) => { encode: () => Promise<{ readonly buffer: Buffer }> };

const messages = fc.array(
  fc.record({
    key: fc.string({ unit: 'binary', maxLength: 100 }),
    value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { minLength: 1, maxLength: 200 },
);
const partitions = fc.array(
  fc.record({
    partition: fc.nat({ max: 1000 }),
    firstSequence: fc.nat({ max: 2 ** 31 - 1 }),
    messages,
  }),
  { maxLength: 3 },
);
const requests: fc.Arbitrary<ProduceRequest> = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.nat({ max: 60_000 }),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map(String),
  producerEpoch: fc.nat({ max: 2 ** 15 - 1 }),
  topicData: fc.array(fc.record({ topic: fc.string({ minLength: 1 }), partitions }), {
    maxLength: 3,
  }),
});

describe('a produce request', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is, byte for byte, what kafkajs makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const { buffer } = await encodedByKafkajs(request).encode();
        expect(encodeProduceRequest(request).equals(buffer)).toBe(true);
      }),
    );
  });

  it('is also with values that take several bytes to count', async () => {
    const sizes = [63, 64, 8_191, 8_192, 1_048_575, 1_048_576];
    const request = {
      acks: -1,
      timeout: 30_000,
      producerId: '4711',
      producerEpoch: 2,
      topicData: [
        {
          topic: 'steno.data',
          partitions: sizes.map((size, partition) => ({
            partition,
            firstSequence: 0,
            messages: [{ key: 'session/1', value: Buffer.alloc(size, 'x') }],
          })),
        },
      ],
    };
    const { buffer } = await encodedByKafkajs(request).encode();
    expect(encodeProduceRequest(request).equals(buffer)).toBe(true);
  });
});
