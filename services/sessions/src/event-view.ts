import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type {
  CommandFacts,
  CommandSubmitted,
  ContentView,
  CountView,
  Decision,
  Envelope,
  EventView,
  Masked,
  ResponseCompleted,
  ResponseFacts,
  Statement,
  StatementView,
  Topic,
} from '@steno/proto';
import { leafHash } from './chain.js';
import { factsJson } from './facts-json.js';
import { toRfc3339 } from './rfc3339.js';

/** How the protocol of a session spells what this module does not read itself. */
export interface ContentReaders {
  /** Values of the `binds` content: text, `\x` and hex digits, or null for SQL NULL. */
  readonly decodeBinds: (bytes: Uint8Array) => readonly (string | null)[];
  /** What the `error` content says to a person; null if it cannot be read. */
  readonly errorMessage: (bytes: Uint8Array) => string | null;
}

export interface ViewedEvent {
  readonly topic: Topic;
  readonly raw: Uint8Array;
  /** By index into the contents that the event names; undefined where the bytes are not there. */
  readonly contents: readonly (Uint8Array | undefined)[];
}

const SESSION_PREFIX = 'session/';
// A byte order mark is part of what was sent.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The session that a stream is of; undefined for other streams. */
export function sessionIdOf(stream: string): string | undefined {
  return stream.startsWith(SESSION_PREFIX) ? stream.slice(SESSION_PREFIX.length) : undefined;
}

/** The stream of a session. */
export function sessionStream(sessionId: string): string {
  return `${SESSION_PREFIX}${sessionId}`;
}

/** An event as people and programs are shown it. Throws if raw is not an envelope. */
export function toEventView(event: ViewedEvent, readers: ContentReaders): EventView {
  const envelope = fromBinary(EnvelopeSchema, event.raw);
  const sessionId = sessionIdOf(envelope.stream);
  return {
    topic: event.topic,
    stream: envelope.stream,
    ...(sessionId === undefined ? {} : { sessionId }),
    position: Number(envelope.position),
    type: envelope.type,
    version: envelope.version,
    occurredAt: toRfc3339(envelope.occurredAt),
    recordedAt: toRfc3339(envelope.recordedAt),
    hash: leafHash(event.raw),
    previousHash: hex(envelope.previous),
    ...(envelope.identity === '' ? {} : { identity: envelope.identity }),
    ...(envelope.target === '' ? {} : { target: envelope.target }),
    instance: envelope.instance,
    boot: envelope.boot,
    emitted: Number(envelope.emitted),
    contents: envelope.contents.map(contentView),
    ...factsView(envelope, event.contents, readers),
  };
}

function contentView(content: Envelope['contents'][number]): ContentView {
  const heldAt = Number(content.heldAtPlusOne) - 1;
  return {
    kind: content.kind,
    length: Number(content.length),
    commitment: hex(content.commitment),
    ...(heldAt < 0 ? {} : { heldAt }),
  };
}

function factsView(
  envelope: Envelope,
  contents: ViewedEvent['contents'],
  readers: ContentReaders,
): Pick<EventView, 'command' | 'response' | 'facts'> {
  const { facts } = envelope;
  const content = (kind: string) => contentOf(envelope, contents, kind);
  switch (facts.case) {
    case 'commandSubmitted':
      return { command: commandFacts(facts.value, content, readers) };
    case 'responseCompleted':
      return { response: responseFacts(facts.value, content('error'), readers) };
    default:
      return { facts: factsJson(facts) };
  }
}

/** Whether an event names a piece of content, and its bytes if they are still there whole. */
interface Content {
  readonly isNamed: boolean;
  readonly bytes: Uint8Array | undefined;
}

function contentOf(envelope: Envelope, contents: ViewedEvent['contents'], kind: string): Content {
  const index = envelope.contents.findIndex((content) => content.kind === kind);
  const reference = envelope.contents[index];
  if (reference === undefined) return { isNamed: false, bytes: undefined };
  // Nothing is stored for a piece without bytes.
  const bytes = reference.length === 0n ? new Uint8Array() : contents[index];
  const isWhole = bytes !== undefined && BigInt(bytes.length) === reference.length;
  return { isNamed: true, bytes: isWhole ? bytes : undefined };
}

function commandFacts(
  facts: CommandSubmitted,
  content: (kind: string) => Content,
  readers: ContentReaders,
): CommandFacts {
  const text = content('text');
  const binds = content('binds').bytes;
  const { decision } = facts;
  const redacted = countViews(facts.redacted);
  const isErased = text.isNamed && text.bytes === undefined;
  return {
    kind: facts.kind,
    text: isErased ? null : utf8.decode(text.bytes),
    ...(isErased ? { erased: true } : {}),
    ...(facts.statementName === '' ? {} : { statementName: facts.statementName }),
    ...(facts.parameters === 0 ? {} : { parameters: facts.parameters }),
    ...(binds === undefined ? {} : { binds: readers.decodeBinds(binds) }),
    ...(decision === undefined ? {} : { decision: decisionFacts(decision) }),
    ...(redacted === undefined ? {} : { redacted }),
    ...(facts.statements.length === 0 ? {} : { statements: facts.statements.map(statementView) }),
    ...(facts.statementsLeftOut === 0 ? {} : { statementsLeftOut: facts.statementsLeftOut }),
  };
}

function statementView(statement: Statement): StatementView {
  const { kind, objects, shape, objectsLeftOut, bringsAbout, opaque } = statement;
  const lists = {
    bringsAbout,
    reads: namesOf(objects, 'read'),
    writes: namesOf(objects, 'write'),
    calls: namesOf(objects, 'call'),
  };
  return {
    kind,
    ...Object.fromEntries(Object.entries(lists).filter(([, names]) => names.length > 0)),
    ...(objectsLeftOut === 0 ? {} : { leftOut: objectsLeftOut }),
    ...(shape === '' ? {} : { shape }),
    ...(opaque ? { opaque } : {}),
  };
}

function namesOf(objects: Statement['objects'], of: string): readonly string[] {
  return [...new Set(objects.filter(({ access }) => access === of).map(({ name }) => name))];
}

function decisionFacts({ effect, rule, policyVersion, approval }: Decision) {
  return {
    effect,
    rule,
    ...(policyVersion === '' ? {} : { policyVersion }),
    ...(approval === '' ? {} : { approval }),
  };
}

/** How many values of each type were masked or redacted; undefined where none were. */
export function countViews(counts: readonly Masked[]): readonly CountView[] | undefined {
  if (counts.length === 0) return undefined;
  return counts.map(({ type, count }) => ({ type, count: Number(count) }));
}

function responseFacts(
  facts: ResponseCompleted,
  error: Content,
  readers: ContentReaders,
): ResponseFacts {
  const message = error.bytes === undefined ? null : readers.errorMessage(error.bytes);
  const masked = countViews(facts.masked);
  const redacted = countViews(facts.inputRedacted);
  return {
    command: Number(facts.command),
    status: facts.status,
    rows: Number(facts.rows),
    rowsAffected: Number(facts.rowsAffected),
    bytes: Number(facts.bytes),
    durationNs: Number(facts.durationNs),
    ...digests(facts.sha256, facts.hmac),
    tags: facts.tags,
    columns: facts.columns.map(({ name, type }) => ({ name, type })),
    notices: facts.notices,
    ...(facts.error === undefined
      ? {}
      : { error: { code: facts.error.code, severity: facts.error.severity, message } }),
    outputKept: Number(facts.outputKept),
    ...(masked === undefined ? {} : { masked }),
    ...(facts.inputBytes === 0n
      ? {}
      : {
          input: {
            bytes: Number(facts.inputBytes),
            ...digests(facts.inputSha256, facts.inputHmac),
            ...(redacted === undefined ? {} : { redacted }),
          },
        }),
  };
}

function digests(sha256: Uint8Array, hmac: Uint8Array): { sha256?: string; hmac?: string } {
  return {
    ...(sha256.length === 0 ? {} : { sha256: hex(sha256) }),
    ...(hmac.length === 0 ? {} : { hmac: hex(hmac) }),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
