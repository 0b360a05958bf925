import { fromBinary } from '@bufbuild/protobuf';
import { contentWanted, readContent, readOutputPieces } from '@steno/event-store';
import type { ContentWanted, EventRow, FoundContent, StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope, ResponseCompleted } from '@steno/proto';
import { CONTENT_PART_BYTES, sessionIdOf } from '@steno/sessions';
import type { TranscriptEvent } from '@steno/transcript';
import { REPLAY_LIMITS } from '../limits.js';

/** What a transcript shows of an event, beside output beyond its head. */
const SHOWN = ['text', 'binds', 'error', 'notice', 'description', 'output'] as const;
/** Of an event that only brings a transcript into its state. */
const FOR_STATE = ['text'] as const;

interface Named {
  readonly envelope: Envelope;
  readonly wanted: readonly ContentWanted[];
}

export function decodeEnvelope(row: EventRow): Envelope {
  return fromBinary(EnvelopeSchema, row.raw);
}

/** Events with the content that their transcript needs, loaded a bounded amount at a time. */
export async function* loadEvents(
  reader: StoreReader,
  envelopes: readonly Envelope[],
): AsyncGenerator<TranscriptEvent> {
  for (const named of inBudget(envelopes)) {
    const found = await readContent(
      reader,
      named.flatMap(({ wanted }) => wanted),
    );
    for (const { envelope, wanted } of named) {
      const contents = contentsOf(wanted, found);
      const { facts } = envelope;
      if (facts.case === 'responseCompleted') {
        contents.push(...(await restOfOutput(reader, envelope, facts.value)));
      }
      yield { envelope, contents };
    }
  }
}

/** Events with what changes the state of a transcript, and nothing to look at. */
export async function loadForState(
  reader: StoreReader,
  envelopes: readonly Envelope[],
): Promise<TranscriptEvent[]> {
  const named = envelopes.map((envelope) => nameContent(envelope, FOR_STATE));
  const wanted = named.flatMap((one) => one.wanted);
  const found = await readContent(reader, wanted, { headBytes: CONTENT_PART_BYTES });
  return named.map((one) => ({
    envelope: one.envelope,
    contents: contentsOf(one.wanted, found),
  }));
}

function nameContent(envelope: Envelope, kinds: readonly string[]): Named {
  // Pieces of output are loaded with the response that they belong to.
  const isPiece = envelope.facts.case === 'outputCaptured';
  return { envelope, wanted: isPiece ? [] : contentWanted(envelope, kinds) };
}

function* inBudget(envelopes: readonly Envelope[]): Generator<Named[]> {
  let some: Named[] = [];
  let bytes = 0;
  for (const envelope of envelopes) {
    const named = nameContent(envelope, SHOWN);
    const more = lengthOf(named.wanted);
    if (some.length > 0 && bytes + more > REPLAY_LIMITS.contentBytes) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(named);
    bytes += more;
  }
  if (some.length > 0) yield some;
}

function contentsOf(wanted: readonly ContentWanted[], found: FoundContent) {
  return wanted.flatMap((one) => {
    const bytes = found.get(one);
    return bytes === undefined ? [] : [{ kind: one.kind, bytes }];
  });
}

function lengthOf(wanted: readonly ContentWanted[]): number {
  return wanted.reduce((sum, { length }) => sum + length, 0);
}

/** The kept output beyond the head that stands with the response itself, up to a limit. */
async function restOfOutput(
  reader: StoreReader,
  envelope: Envelope,
  facts: ResponseCompleted,
): Promise<{ kind: string; bytes: Buffer }[]> {
  const head = lengthOf(contentWanted(envelope, ['output']));
  const sessionId = sessionIdOf(envelope.stream);
  if (sessionId === undefined || facts.outputKept <= BigInt(head)) return [];
  const rows = await readOutputPieces(
    reader,
    sessionId,
    { after: Number(facts.command), until: Number(envelope.position) },
    Math.ceil(REPLAY_LIMITS.outputBytes / CONTENT_PART_BYTES),
  );
  const pieces = rows
    .map(decodeEnvelope)
    .flatMap((piece) => {
      const captured = piece.facts.case === 'outputCaptured' ? piece.facts.value : undefined;
      if (captured?.command !== facts.command) return [];
      return [{ offset: captured.offset, wanted: contentWanted(piece, ['output']) }];
    })
    .sort((a, b) => Number(a.offset - b.offset));
  const wanted = pieces.flatMap((piece) => piece.wanted);
  return contentsOf(wanted, await readContent(reader, wanted));
}
