import { fromBinary } from '@bufbuild/protobuf';
import { READ_LIMITS, contentWanted, readContent } from '@steno/event-store';
import type { ContentWanted, EventRow, StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { Envelope, EventView } from '@steno/proto';
import { toEventView } from '@steno/sessions';
import type { ContentReaders } from '@steno/sessions';
import { decodeBinds, describeError } from '@steno/transcript';

/** Content that a view shows. */
const SHOWN = ['text', 'binds', 'error'] as const;

/** Without the types of its parameters, a binary value is shown as hex. */
export const CONTENT_READERS: ContentReaders = {
  decodeBinds: (bytes) => decodeBinds(bytes, []),
  errorMessage: (bytes) => describeError(bytes).message || null,
};

interface Named {
  readonly row: EventRow;
  readonly envelope: Envelope;
  readonly wanted: readonly ContentWanted[];
}

/**
 * The views of stored events, in their order: of the first as many as have content that fits
 * READ_LIMITS.pageContentBytes together, one at least.
 */
export async function readEventViews(
  reader: StoreReader,
  rows: readonly EventRow[],
  withRaw: boolean,
): Promise<readonly EventView[]> {
  const named = withinBudget(rows);
  const found = await readContent(
    reader,
    named.flatMap(({ wanted }) => wanted),
  );
  return named.map(({ row, envelope, wanted }) => {
    const contents = new Array<Uint8Array | undefined>(envelope.contents.length);
    for (const one of wanted) contents[one.index] = found.get(one);
    const view = toEventView({ topic: row.topic, raw: row.raw, contents }, CONTENT_READERS);
    return withRaw ? { ...view, raw: row.raw.toString('base64') } : view;
  });
}

function withinBudget(rows: readonly EventRow[]): Named[] {
  const named: Named[] = [];
  let bytes = 0;
  for (const row of rows) {
    const envelope = fromBinary(EnvelopeSchema, row.raw);
    const wanted = contentWanted(envelope, SHOWN);
    bytes += wanted.reduce((sum, { length }) => sum + length, 0);
    if (bytes > READ_LIMITS.pageContentBytes && named.length > 0) break;
    named.push({ row, envelope, wanted });
  }
  return named;
}
