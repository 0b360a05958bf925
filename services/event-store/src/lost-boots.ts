import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';

/** Boots that were declared lost, and where the log of data ended then. */
export class LostBoots {
  static async read(reader: StoreReader): Promise<LostBoots> {
    const rows = await readRows<{ boot: string; raw: string }>(reader, 'lost-boots', {});
    const ends = new Map<string, ReadonlyMap<number, bigint>>();
    for (const { boot, raw } of rows) {
      // What is final is final with the first who says it.
      if (!ends.has(boot)) ends.set(boot, dataEnds(Buffer.from(raw, 'base64')));
    }
    return new LostBoots(ends);
  }

  private constructor(private readonly ends: ReadonlyMap<string, ReadonlyMap<number, bigint>>) {}

  /** The offset from which on what came is late; a partition that was not there began at 0. */
  lateFrom(boot: string, partition: number): bigint | undefined {
    const ends = this.ends.get(boot);
    return ends === undefined ? undefined : (ends.get(partition) ?? 0n);
  }

  /** For queries: what lateFrom says, by `boot/partition`. */
  byPlace(): ReadonlyMap<string, bigint> {
    const places = [...this.ends].flatMap(([boot, ends]) =>
      [...ends].map(([partition, end]) => [`${boot}/${partition}`, end] as const),
    );
    return new Map(places);
  }
}

function dataEnds(raw: Uint8Array): ReadonlyMap<number, bigint> {
  const { facts } = fromBinary(EnvelopeSchema, raw);
  const ends = facts.case === 'instanceLost' ? facts.value.dataEnds : [];
  return new Map(ends.map(({ partition, offset }) => [partition, offset]));
}
