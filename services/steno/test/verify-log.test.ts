import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, EnvelopeSchema } from '@steno/proto';
import type { Batch, Envelope, Topic } from '@steno/proto';
import { leafHash } from '@steno/sessions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../src/verify/findings.js';
import { VerifiedDirectory } from './verified-directory.js';
import type { LogTables } from './verified-directory.js';

// What somebody may do to the event log, by itself or together with ClickHouse.

let directory: VerifiedDirectory;
let whole: string;
let other: string;
let running: string;

beforeAll(async () => {
  directory = await VerifiedDirectory.make();
  const { sessions } = directory;
  [whole, other, running] = [sessions.whole.name, sessions.other.name, sessions.running.name];
});
afterAll(() => directory.remove());

async function found(change: (tables: LogTables) => void, isProjected = false) {
  const folder = directory.changedLog(change);
  if (isProjected) await directory.project(folder);
  const { verdict, findings } = await directory.verify(folder);
  if (isProjected) await directory.restore();
  const short = findings.map(({ kind, copy, stream, position, count }) => {
    return { kind, copy, stream, position, count };
  });
  return { verdict, findings: short };
}

const at = (
  kind: Finding['kind'],
  stream: string | null,
  position: number | null,
  count = 1,
): Partial<Finding> => ({ kind, copy: 'log', stream, position, count });

type Record = Batch['records'][number];

/** Passes the records of a topic through a function: null drops a record. */
function edit(
  tables: LogTables,
  topic: Topic,
  change: (record: Record, envelope: Envelope | undefined) => Record | null | undefined,
): void {
  for (const [offset, bytes] of tables.all(topic)) {
    const batch = fromBinary(BatchSchema, bytes);
    let touched = false;
    const records = batch.records.flatMap((record) => {
      const isEvent = record.raw.length > 0;
      const changed = change(record, isEvent ? envelopeOf(record) : undefined);
      if (changed === undefined) return [record];
      touched = true;
      return changed === null ? [] : [changed];
    });
    if (touched) tables.put(topic, offset, toBinary(BatchSchema, { ...batch, records }));
  }
}

const envelopeOf = ({ raw }: Record): Envelope => fromBinary(EnvelopeSchema, raw);

const isAt = (envelope: Envelope | undefined, stream: string, position: number): boolean =>
  envelope?.stream === stream && envelope.position === BigInt(position);

const belongsTo = (record: Record, envelope: Envelope | undefined, stream: string): boolean =>
  envelope?.stream === stream || record.contents[0]?.stream === stream;

function flip(bytes: Uint8Array): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}

/** Changes an event of a stream and chains all that follow anew, also where they are repeated. */
function rechain(
  tables: LogTables,
  stream: string,
  from: number,
  change: (envelope: Envelope) => void,
): Map<number, Uint8Array> {
  const made = new Map<number, Uint8Array>();
  edit(tables, 'data', (record, envelope) => {
    if (envelope?.stream !== stream || envelope.position < BigInt(from)) return undefined;
    const position = Number(envelope.position);
    const before = made.get(position - 1);
    if (before === undefined) change(envelope);
    else envelope.previous = Buffer.from(leafHash(before), 'hex');
    const raw = made.get(position) ?? toBinary(EnvelopeSchema, envelope);
    made.set(position, raw);
    return { ...record, raw };
  });
  return made;
}

const slower = (envelope: Envelope): void => {
  if (envelope.facts.case === 'responseCompleted') envelope.facts.value.durationNs = 7n;
};

describe('an event', () => {
  it('with another byte', async () => {
    const report = await found((tables) => {
      edit(tables, 'data', (record, envelope) =>
        isAt(envelope, whole, 9) ? { ...record, raw: flip(record.raw) } : undefined,
      );
    });
    expect(report).toMatchObject({ verdict: 'changed', findings: [at('changed', whole, 9)] });
  });

  it('with another byte in the name of its stream', async () => {
    const { verdict, findings } = await found((tables) => {
      edit(tables, 'data', (record, envelope) => {
        if (!isAt(envelope, whole, 9)) return undefined;
        const raw = Buffer.from(record.raw);
        raw.write('sessiom', raw.indexOf(whole));
        return { ...record, raw };
      });
    });
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(at('changed', whole, 9));
  });

  it('that is dropped from its batch', async () => {
    const report = await found((tables) => {
      edit(tables, 'data', (_, envelope) => (isAt(envelope, whole, 9) ? null : undefined));
    });
    expect(report.verdict).toBe('gaps');
    expect(report.findings).toContainEqual(at('missing', whole, 9));
  });

  it('swapped with another one', async () => {
    const { verdict, findings } = await found((tables) => {
      const two: Record[] = [];
      const isOne = (envelope: Envelope | undefined) =>
        isAt(envelope, whole, 9) || isAt(envelope, whole, 11);
      edit(tables, 'data', (record, envelope) => {
        if (isOne(envelope)) two.push(record);
        return undefined;
      });
      edit(tables, 'data', (_, envelope) => (isOne(envelope) ? two.pop() : undefined));
    });
    expect(verdict).toBe('changed');
    expect(findings).toEqual([at('disordered', whole, 9, 2)]);
  });

  it('spliced into another session', async () => {
    const { verdict, findings } = await found((tables) => {
      let last: Envelope | undefined;
      let previous = '';
      let spliced: Record | undefined;
      edit(tables, 'data', (record, envelope) => {
        if (envelope?.stream === running) [last, previous] = [envelope, leafHash(record.raw)];
        if (isAt(envelope, whole, 4)) spliced = record;
        return undefined;
      });
      if (spliced === undefined || last === undefined) throw new Error('nothing to splice');
      const envelope = envelopeOf(spliced);
      envelope.stream = running;
      envelope.position = last.position + 1n;
      envelope.previous = Buffer.from(previous, 'hex');
      const records = [{ ...spliced, raw: toBinary(EnvelopeSchema, envelope) }];
      const batch = { $typeName: 'steno.v1.Batch' as const, records };
      tables.put('data', tables.all('data').length, toBinary(BatchSchema, batch));
    });
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(at('forked', whole, 4));
    expect(findings).toContainEqual(expect.objectContaining({ stream: running, position: 13 }));
  });

  it('of control whose signature was made by nobody', async () => {
    let stream = '';
    const { verdict, findings } = await found((tables) => {
      edit(tables, 'control', (record, envelope) => {
        if (envelope?.facts.case !== 'targetDeclared') return undefined;
        stream = envelope.stream;
        return { ...record, signature: flip(record.signature) };
      });
    });
    expect(verdict).toBe('changed');
    expect(findings).toEqual([at('untrusted', stream, 1)]);
  });

  it('whose writer no key of the installation attests', async () => {
    const { verdict, findings } = await found((tables) => {
      rechain(tables, other, 0, (envelope) => {
        if (envelope.attestation) envelope.attestation.bootKey = new Uint8Array(32);
      });
    });
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(at('untrusted', other, 0));
  });
});

describe('a session', () => {
  it('that is deleted', async () => {
    const { verdict, findings } = await found((tables) => {
      edit(tables, 'data', (record, envelope) =>
        belongsTo(record, envelope, whole) ? null : undefined,
      );
    });
    expect(verdict).toBe('gaps');
    expect(findings).toContainEqual(at('missing', whole, 0, 18));
    // Two batches held nothing else.
    expect(findings).toContainEqual(at('missing', null, null, 2));
    expect(findings).toHaveLength(2);
  });

  it('that is deleted from both copies', async () => {
    const { verdict, findings } = await found((tables) => {
      edit(tables, 'data', (record, envelope) =>
        belongsTo(record, envelope, whole) ? null : undefined,
      );
    }, true);
    expect(verdict).toBe('gaps');
    const both = { copy: 'both' as const };
    expect(findings).toContainEqual({ ...at('missing', null, null, 18), ...both });
    expect(findings).toContainEqual({ ...at('missing', whole, 14), ...both });
  });

  it('that is re-chained after a change', async () => {
    let count = 0;
    const { verdict, findings } = await found((tables) => {
      count = rechain(tables, other, 4, slower).size;
    });
    expect(verdict).toBe('changed');
    expect(findings).toEqual([{ ...at('changed', other, 4, count), copy: 'both' }]);
  });

  it('that is re-chained below where a heartbeat saw it', async () => {
    let count = 0;
    const { verdict, findings } = await found((tables) => {
      count = rechain(tables, running, 4, slower).size;
    });
    expect(verdict).toBe('changed');
    expect(findings).toEqual([at('changed', running, 4, count)]);
  });

  it('that is re-chained in both copies below where a heartbeat saw it', async () => {
    const { verdict, findings } = await found((tables) => {
      rechain(tables, running, 4, slower);
    }, true);
    expect(verdict).toBe('changed');
    expect(findings).toEqual([{ ...at('changed', running, 12), copy: 'both' }]);
  });
});

describe('the log', () => {
  it('whose tail is cut', async () => {
    let last = 0;
    const { verdict, findings } = await found((tables) => {
      last = tables.all('data').length - 1;
      tables.remove('data', last);
    });
    expect(verdict).toBe('gaps');
    expect(findings).toContainEqual(at('missing', running, 11, 2));
  });

  it('whose tail is cut in both copies', async () => {
    const { verdict, findings } = await found((tables) => {
      edit(tables, 'data', (_, envelope) =>
        envelope?.stream === running && envelope.position >= 9n ? null : undefined,
      );
    }, true);
    expect(verdict).toBe('gaps');
    expect(findings).toContainEqual({ ...at('missing', running, 12), copy: 'both' });
  });

  it('that lost a batch in the middle', async () => {
    const { verdict, findings } = await found((tables) => {
      tables.remove('data', 3);
    });
    expect(verdict).toBe('gaps');
    expect(findings).toContainEqual(at('missing', null, null));
    expect(findings).toContainEqual(at('missing', whole, 5, 5));
  });

  it('with a batch that cannot be read', async () => {
    const { verdict, findings } = await found((tables) => {
      tables.put('data', 3, Buffer.from('nonsense'));
    });
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(at('unreadable', null, null));
    expect(findings).toContainEqual(at('missing', whole, 5, 5));
  });

  it('in which two batches are swapped', async () => {
    const { verdict, findings } = await found((tables) => {
      const all = new Map(tables.all('data'));
      tables.put('data', 1, all.get(3) ?? Buffer.alloc(0));
      tables.put('data', 3, all.get(1) ?? Buffer.alloc(0));
    });
    expect(verdict).toBe('changed');
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'disordered', stream: whole }));
  });

  it('of which nothing is left on a topic', async () => {
    const { verdict } = await found((tables) => {
      for (const [offset] of tables.all('data')) tables.remove('data', offset);
    });
    expect(verdict).toBe('gaps');
  });
});

describe('content', () => {
  const content = (position: number, change: (bytes: Uint8Array) => Uint8Array | undefined) =>
    found((tables) => {
      edit(tables, 'data', (record, envelope) => {
        if (!isAt(envelope, whole, position)) return undefined;
        const contents = record.contents.flatMap((part) => {
          const bytes = change(part.bytes);
          return bytes === undefined ? [] : [{ ...part, bytes }];
        });
        return { ...record, contents };
      });
    });

  it('with another byte', async () => {
    const { verdict, findings } = await content(9, flip);
    expect(verdict).toBe('changed');
    expect(findings).toEqual([at('changed', whole, 9)]);
  });

  it('that is dropped', async () => {
    const { verdict, findings } = await content(9, () => undefined);
    expect(verdict).toBe('gaps');
    expect(findings).toEqual([at('missing', whole, 9)]);
  });

  it('with another byte in a part of a long one', async () => {
    const { verdict, findings } = await found((tables) => {
      edit(tables, 'data', (record) => {
        const [part] = record.contents;
        if (part?.stream !== whole || part.part !== 2) return undefined;
        return { ...record, contents: [{ ...part, bytes: flip(part.bytes) }] };
      });
    });
    expect(verdict).toBe('changed');
    expect(findings).toEqual([at('changed', whole, 5)]);
  });

  it('whose key is changed', async () => {
    const { verdict, findings } = await content(0, flip);
    expect(verdict).toBe('changed');
    expect(findings[0]).toMatchObject({ kind: 'changed', stream: whole, position: 0 });
  });
});
