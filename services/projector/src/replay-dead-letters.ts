import type { EventLog } from '@steno/event-log';
import {
  RangeRows,
  insertAgain,
  readContentParts,
  readDeadLetters,
  readEarlyParts,
  readEventHashes,
  readStoredHeads,
  removeDeadLetters,
} from '@steno/event-store';
import type {
  BatchPlace,
  DeadLetterRow,
  EarlyPart,
  EventPlace,
  SchemaTarget,
  StoreReader,
} from '@steno/event-store';
import type { Hold } from './hold-socket.js';
import { readRange } from './range-reader.js';
import { StreamStates } from './stream-states.js';
import type { StoredStreams } from './stream-states.js';

const BATCH_BYTES = 1;
/** Letters that are looked at in one run. */
const LETTERS_MAX = 10_000;
/** Content that no column could hold: its event is there, so it is not read again here. */
const FOR_A_REBUILD = /^content:/;

export interface ReplayOptions {
  readonly log: EventLog;
  readonly reader: StoreReader;
  readonly target: SchemaTarget;
  /** Undefined: all that there are. */
  readonly of: BatchPlace | undefined;
  /** Makes the projector that runs beside stand still: it remembers where streams end. */
  readonly hold: () => Promise<Hold>;
}

/** What became of the dead letters of one batch. */
export interface ReplayedBatch extends BatchPlace {
  readonly outcome: 'read' | 'unreadable' | 'gone' | 'needs-rebuild';
  readonly events: number;
  readonly duplicates: number;
  readonly forks: number;
  /** Dead letters that were removed, and that are left. */
  readonly removed: number;
  readonly left: number;
}

export type Replayed = readonly ReplayedBatch[];

/**
 * Reads batches with dead letters again: a later version of Steno may understand them. What it
 * understands comes into the tables as if it had been read at first, each event once: the rows that
 * are there are known by stream, position and hash, and a run that was cut short is repeated. Rows
 * before dead letters: so nothing is lost between.
 */
export async function replayDeadLetters(options: ReplayOptions): Promise<Replayed> {
  const { reader, of, hold } = options;
  const held = await hold();
  try {
    const batches = byBatch(await readDeadLetters(reader, { of, limit: LETTERS_MAX }));
    const replayed: ReplayedBatch[] = [];
    for (const letters of batches) {
      held.lost.throwIfAborted();
      replayed.push(await replayBatch(options, letters));
    }
    return replayed;
  } finally {
    held.release();
  }
}

function byBatch(letters: readonly DeadLetterRow[]): readonly (readonly DeadLetterRow[])[] {
  const batches = new Map<string, DeadLetterRow[]>();
  for (const letter of letters) {
    const { partition, offset } = letter.place;
    const key = `${letter.topic}/${partition}/${offset}`;
    batches.set(key, [...(batches.get(key) ?? []), letter]);
  }
  return [...batches.values()];
}

async function replayBatch(
  { log, reader, target }: ReplayOptions,
  letters: readonly DeadLetterRow[],
): Promise<ReplayedBatch> {
  const [first] = letters;
  if (first === undefined) throw new Error('a batch without dead letters');
  const { topic } = first;
  const { partition, offset } = first.place;
  const batch = { topic, partition, offset };
  const none = { ...batch, events: 0, duplicates: 0, forks: 0, removed: 0, left: letters.length };
  const wanted = letters.filter(({ reason }) => !FOR_A_REBUILD.test(reason));
  if (wanted.length === 0) return { ...none, outcome: 'needs-rebuild' };
  const entries = await log.read(topic, { partition, offset }, BATCH_BYTES);
  const entry = entries.find((one) => one.offset === offset);
  if (entry === undefined) return { ...none, outcome: 'gone' };

  const range = { topic, partition, from: offset, until: offset + 1 };
  const read = await readRange(range, [entry], {
    states: new StreamStates(),
    stored: storedNow(reader, batch),
  });
  const known = new Set(letters.map(({ place }) => place.index));
  const dead = new Set(read.dead.map(({ place }) => place.index));
  const more = new RangeRows(range);
  for (const letter of read.dead) if (!known.has(letter.place.index)) more.deadLetter(letter);
  await insertAgain(reader.client, target, read.rows, more);
  const readable = wanted.map(({ place }) => place.index).filter((index) => !dead.has(index));
  if (readable.length > 0) await removeDeadLetters(reader, target, batch, readable);
  const { events, duplicates, forks } = read.counts;
  const removed = readable.length;
  const left = new Set([...known, ...dead]).size - removed;
  const outcome = removed > 0 ? 'read' : 'unreadable';
  return { ...batch, outcome, events, duplicates, forks, removed, left };
}

/**
 * All rows that there are, those of this batch and of later ones too: the batch stands in the midst
 * of the log. A part of content may have its event in a later batch that is there, so it is known
 * by itself.
 */
function storedNow(reader: StoreReader, { topic, partition }: BatchPlace): StoredStreams {
  const from = Number.MAX_SAFE_INTEGER;
  const before = { reader, suffix: '', range: { topic, partition, from, until: from } };
  const ofParts: EventPlace[] = [];
  return {
    heads: (streams) => readStoredHeads(before, streams),
    hashes: (places) => {
      ofParts.push(...places.filter(isPart));
      return readEventHashes(
        before,
        places.filter((place) => !isPart(place)),
      );
    },
    earlyParts: async (streams) => [
      ...(await readEarlyParts(before, streams)),
      ...(await readContentParts(reader, ofParts)),
    ],
  };
}

function isPart(place: EventPlace | EarlyPart): place is EarlyPart {
  return 'part' in place;
}
