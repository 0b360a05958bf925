import { fromBinary } from '@bufbuild/protobuf';
import { contentWanted, readContent, readIdentityCommands } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { IdentityCommandView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import { textHead } from '../views/command-page.js';

const TEXT_CHARACTERS = 200;
/** A character has at most four, and the last one may be cut. */
const TEXT_BYTES = 4 * (TEXT_CHARACTERS + 1);

/** @param from nanoseconds since the epoch */
export async function readRecentCommands(
  reader: StoreReader,
  identity: string,
  from: bigint,
): Promise<readonly IdentityCommandView[]> {
  const commands = (await readIdentityCommands(reader, identity, from)).map((row) => {
    const envelope = fromBinary(EnvelopeSchema, row.raw);
    return { row, envelope, text: contentWanted(envelope, ['text'])[0] };
  });
  const wanted = commands.flatMap(({ text }) => text ?? []);
  const heads = await readContent(reader, wanted, { headBytes: TEXT_BYTES });
  return commands.map(({ row, envelope, text }) => ({
    sessionId: row.sessionId,
    position: Number(envelope.position),
    at: toRfc3339(envelope.occurredAt),
    target: row.target,
    kind: envelope.facts.case === 'commandSubmitted' ? envelope.facts.value.kind : '',
    text: textHead(text, heads, TEXT_CHARACTERS),
    status: row.status || null,
    errorCode: row.errorCode || null,
  }));
}
