import { fromBinary } from '@bufbuild/protobuf';
import { READ_LIMITS, contentWanted, readContent, readResponses } from '@steno/event-store';
import type { ContentWanted, EventRow, FoundContent, StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type {
  CommandDecided,
  CommandView,
  Decision,
  Envelope,
  ResponseCompleted,
} from '@steno/proto';
import { countViews, leafHash } from '@steno/sessions';
import { CONTENT_READERS } from './event-page.js';

const TEXT_CHARACTERS = 2_000;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

interface Response {
  readonly envelope: Envelope;
  readonly facts: ResponseCompleted;
}

/** Rows of the command list, with the responses that came since. */
export async function readCommandViews(
  reader: StoreReader,
  session: { readonly sessionId: string; readonly startedAt: bigint },
  commands: readonly EventRow[],
): Promise<readonly CommandView[]> {
  const positions = commands.map(({ position }) => position);
  const responses = new Map<number, Response>();
  const outcomes = new Map<number, CommandDecided>();
  for (const { raw } of await readResponses(reader, session.sessionId, positions)) {
    const envelope = fromBinary(EnvelopeSchema, raw);
    const { facts } = envelope;
    if (facts.case === 'commandDecided') outcomes.set(Number(facts.value.command), facts.value);
    if (facts.case !== 'responseCompleted') continue;
    responses.set(Number(facts.value.command), { envelope, facts: facts.value });
  }
  const events = commands.map(({ raw, position }) => {
    const envelope = fromBinary(EnvelopeSchema, raw);
    return { raw, envelope, response: responses.get(position) };
  });
  const heads = await readContent(
    reader,
    events.flatMap(({ envelope, response }) => [
      ...contentWanted(envelope, ['text']),
      ...(response === undefined ? [] : contentWanted(response.envelope, ['error'])),
    ]),
    { headBytes: READ_LIMITS.textHeadBytes },
  );
  return events.map(({ raw, envelope, response }) => ({
    ...commandPart(envelope, session.startedAt, heads),
    ...responsePart(response, session.startedAt, heads),
    ...judgedPart(envelope, outcomes.get(Number(envelope.position)), response),
    hash: leafHash(raw),
  }));
}

function commandPart(envelope: Envelope, startedAt: bigint, heads: FoundContent) {
  const { facts } = envelope;
  const [text] = contentWanted(envelope, ['text']);
  return {
    position: Number(envelope.position),
    t: Number(envelope.occurredAt - startedAt),
    kind: facts.case === 'commandSubmitted' ? facts.value.kind : '',
    text: textHead(text, heads, TEXT_CHARACTERS),
    textLength: text?.length ?? 0,
  };
}

/** Null where the text was erased or has expired. */
export function textHead(
  text: ContentWanted | undefined,
  heads: FoundContent,
  characters: number,
): string | null {
  if (text === undefined) return '';
  const bytes = heads.get(text);
  if (bytes === undefined) return null;
  const head = [...utf8.decode(bytes)];
  // Where the bytes were cut, the last character may be a broken one.
  if (bytes.length < text.length) head.pop();
  return head.slice(0, characters).join('');
}

function responsePart(response: Response | undefined, startedAt: bigint, heads: FoundContent) {
  if (response === undefined) return NO_RESPONSE;
  const { envelope, facts } = response;
  const [error] = contentWanted(envelope, ['error']);
  const bytes = error === undefined ? undefined : heads.get(error);
  return {
    responsePosition: Number(envelope.position),
    endT: Number(envelope.occurredAt - startedAt),
    durationNs: Number(facts.durationNs),
    status: facts.status,
    tags: facts.tags,
    rows: Number(facts.rows),
    bytes: Number(facts.bytes),
    errorCode: facts.error?.code ?? null,
    errorMessage: bytes === undefined ? null : CONTENT_READERS.errorMessage(bytes),
    sha256: hexOrNull(facts.sha256),
    hmac: hexOrNull(facts.hmac),
  };
}

/** What people and policies did to it, where they did anything. */
function judgedPart(
  { facts }: Envelope,
  decided: CommandDecided | undefined,
  response: Response | undefined,
): Pick<CommandView, 'decision' | 'masked' | 'redacted'> {
  if (facts.case !== 'commandSubmitted') return {};
  const { decision, redacted } = facts.value;
  const more = response?.facts.inputRedacted ?? [];
  const masked = countViews(response?.facts.masked ?? []);
  const kept = countViews([...redacted, ...more]);
  return {
    ...decisionPart(decision, decided),
    ...(masked === undefined ? {} : { masked }),
    ...(kept === undefined ? {} : { redacted: kept }),
  };
}

function decisionPart(
  decision: Decision | undefined,
  decided: CommandDecided | undefined,
): Pick<CommandView, 'decision'> {
  if (decision === undefined) return {};
  const { effect, rule, approval } = decision;
  if (effect === 'allow' && approval === '') return {};
  const said = Object.entries({
    approval,
    outcome: decided?.outcome ?? '',
    actor: decided?.actor ?? '',
    reason: decided?.reason ?? '',
  }).filter(([, text]) => text !== '');
  return { decision: { effect, rule, ...Object.fromEntries(said) } };
}

const NO_RESPONSE = {
  responsePosition: null,
  endT: null,
  durationNs: null,
  status: null,
  tags: [],
  rows: 0,
  bytes: 0,
  errorCode: null,
  errorMessage: null,
  sha256: null,
  hmac: null,
} as const;

function hexOrNull(bytes: Uint8Array): string | null {
  return bytes.length === 0 ? null : Buffer.from(bytes).toString('hex');
}
