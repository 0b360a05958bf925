import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import type { EventLog } from '@steno/event-log';
import { EnvelopeSchema } from '@steno/proto';
import type { CommandSubmitted, Envelope, ResponseCompleted, Topic } from '@steno/proto';
import { chainBreak, emptyHead, leafHash, readBatch } from '@steno/sessions';

const READ_BYTES = 64 * 1024 * 1024;

/** A piece of content as an event names it, and its bytes wherever they are held. */
export interface RecordedContent {
  readonly kind: string;
  readonly length: number;
  readonly commitment: string;
  readonly heldAt: number | undefined;
  readonly bytes: Buffer;
}

export interface RecordedEvent {
  readonly stream: string;
  readonly position: number;
  readonly type: string;
  readonly envelope: Envelope;
  readonly contents: readonly RecordedContent[];
}

/** Reads a topic on from where it was; throws where the chain of a stream is broken. */
export class TopicReader {
  readonly events: RecordedEvent[] = [];
  private offset = 0;
  private readonly heads = new Map<string, { next: number; hash: string }>();
  /** Parts of content by stream, position and index. */
  private readonly parts = new Map<string, Buffer[]>();
  private readonly kinds = new Map<string, Buffer>();

  constructor(
    private readonly log: EventLog,
    private readonly topic: Topic,
  ) {}

  /** All events so far, in the log's order. */
  async read(): Promise<readonly RecordedEvent[]> {
    for (;;) {
      const { topic, offset } = this;
      const entries = await this.log.read(topic, { partition: 0, offset }, READ_BYTES);
      const last = entries.at(-1);
      // Whoever read meanwhile has taken these.
      if (last === undefined || this.offset !== offset) return this.events;
      this.offset = last.offset + 1;
      for (const { bytes } of entries) this.takeBatch(bytes);
    }
  }

  private takeBatch(bytes: Buffer): void {
    const records = readBatch(bytes);
    if ('malformed' in records) throw new Error(records.malformed);
    for (const { raw, contents } of records) {
      const envelope = raw.length === 0 ? undefined : fromBinary(EnvelopeSchema, raw);
      for (const part of contents) {
        const of = envelope ?? { stream: part.stream, position: BigInt(part.position) };
        const key = `${of.stream} ${of.position} ${part.index}`;
        const known = this.parts.get(key) ?? [];
        if (known.length !== part.part) throw new Error(`${key}: part ${part.part} too early`);
        this.parts.set(key, [...known, Buffer.from(part.bytes)]);
      }
      if (envelope !== undefined) this.takeEvent(envelope, raw);
    }
  }

  private takeEvent(envelope: Envelope, raw: Uint8Array): void {
    const { stream, position, type } = envelope;
    const head = this.heads.get(stream) ?? emptyHead(stream);
    const previous = Buffer.from(envelope.previous).toString('hex');
    const broken = chainBreak(head, Number(position), previous);
    if (broken !== undefined) throw new Error(`${stream}: ${broken}`);
    this.heads.set(stream, { next: head.next + 1, hash: leafHash(raw) });
    const contents = envelope.contents.map(({ kind, length, commitment, heldAtPlusOne }, index) => {
      const heldAt = heldAtPlusOne === 0n ? undefined : Number(heldAtPlusOne) - 1;
      const own = Buffer.concat(this.parts.get(`${stream} ${position} ${index}`) ?? []);
      const held = this.kinds.get(`${stream} ${heldAt} ${kind}`);
      const bytes = heldAt === undefined ? own : (held ?? Buffer.alloc(0));
      const holder = `${stream} ${position} ${kind}`;
      if (heldAt === undefined && !this.kinds.has(holder)) this.kinds.set(holder, own);
      const named = Buffer.from(commitment).toString('hex');
      return { kind, length: Number(length), commitment: named, heldAt, bytes };
    });
    this.events.push({ stream, position: Number(position), type, envelope, contents });
  }
}

/** A command with what the record says of it. */
export interface RecordedCommand {
  readonly position: number;
  readonly facts: CommandSubmitted;
  readonly text: string;
  readonly texts: readonly string[];
  readonly binds: Buffer | undefined;
  readonly response: RecordedResponse | undefined;
}

export interface RecordedResponse {
  readonly facts: ResponseCompleted;
  readonly status: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly hmac: string;
  readonly tags: readonly string[];
  /** The whole kept output, pieces in order of their offsets. */
  readonly output: Buffer;
  readonly input: Buffer;
  readonly error: Buffer | undefined;
  readonly notices: readonly Buffer[];
  readonly description: Buffer | undefined;
}

/** The record of one session. */
export class SessionRecord {
  constructor(readonly events: readonly RecordedEvent[]) {}

  get types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  get stream(): string {
    return this.events[0]?.stream ?? '';
  }

  /** Reason, detail and the rest of session.closed. */
  get closed() {
    const { facts } = this.events.at(-1)?.envelope ?? {};
    if (facts?.case !== 'sessionClosed') throw new Error(`${this.stream} is not closed`);
    return facts.value;
  }

  get opened() {
    const facts = this.events[0]?.envelope.facts;
    if (facts?.case !== 'sessionOpened') throw new Error(`${this.stream} has no beginning`);
    return facts.value;
  }

  get limits() {
    return this.events.flatMap(({ envelope: { facts } }) =>
      facts.case === 'limitReached' ? [facts.value] : [],
    );
  }

  get commands(): readonly RecordedCommand[] {
    return this.events.flatMap(({ envelope: { facts }, position, contents }) => {
      if (facts.case !== 'commandSubmitted') return [];
      const texts = contents
        .filter(({ kind }) => kind === 'text')
        .map(({ bytes }) => bytes.toString());
      const binds = contents.find(({ kind }) => kind === 'binds')?.bytes;
      const response = this.responses(position)[0];
      return [{ position, facts: facts.value, text: texts[0] ?? '', texts, binds, response }];
    });
  }

  /** The one command of this text. */
  command(text: string): RecordedCommand & { readonly response: RecordedResponse } {
    const found = this.commands.filter((command) => command.text === text);
    const [command] = found;
    if (found.length !== 1 || command?.response === undefined) {
      throw new Error(`${found.length} commands of text ${text}, or no response`);
    }
    return { ...command, response: command.response };
  }

  responses(command: number): readonly RecordedResponse[] {
    return this.events.flatMap(({ envelope: { facts }, contents }) => {
      if (facts.case !== 'responseCompleted' || Number(facts.value.command) !== command) return [];
      const { value } = facts;
      const of = (kind: string) => contents.filter((content) => content.kind === kind);
      const head = of('output').map(({ bytes }) => bytes);
      return [
        {
          facts: value,
          status: value.status,
          rows: Number(value.rows),
          bytes: Number(value.bytes),
          sha256: Buffer.from(value.sha256).toString('hex'),
          hmac: Buffer.from(value.hmac).toString('hex'),
          tags: value.tags,
          output: Buffer.concat([...head, ...this.pieces('outputCaptured', command, head)]),
          input: Buffer.concat(this.pieces('inputCaptured', command, [])),
          error: of('error')[0]?.bytes,
          notices: of('notice').map(({ bytes }) => bytes),
          description: of('description')[0]?.bytes,
        },
      ];
    });
  }

  private pieces(
    kind: 'outputCaptured' | 'inputCaptured',
    command: number,
    head: readonly Buffer[],
  ): Buffer[] {
    const found: Buffer[] = [];
    let offset = head.reduce((sum, bytes) => sum + bytes.length, 0);
    for (const { envelope, contents } of this.events) {
      const { facts } = envelope;
      if (facts.case !== kind || Number(facts.value.command) !== command) continue;
      if (Number(facts.value.offset) !== offset) throw new Error(`a piece at ${offset} is missing`);
      const bytes = contents[0]?.bytes ?? Buffer.alloc(0);
      offset += bytes.length;
      found.push(bytes);
    }
    return found;
  }
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Names of contents that do not match their commitment, each computed anew from the session's
 * wrapped key, as docs say it is made.
 */
export function brokenCommitments(record: SessionRecord, installationKey: Buffer): string[] {
  const secret = sessionSecret(record, installationKey);
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'steno/v1/commitment', 32));
  return record.events.flatMap(({ position, contents }) =>
    contents
      .filter(({ kind, bytes, commitment, length }) => {
        const hmac = createHmac('sha256', key).update(`${kind}\0`).update(bytes).digest('hex');
        return hmac !== commitment || bytes.length !== length;
      })
      .map(({ kind }) => `${position} ${kind}`),
  );
}

/** HMAC-SHA256 of a response's bytes under the session's digest key, in hex. */
export function keyedDigest(record: SessionRecord, installationKey: Buffer, bytes: Buffer): string {
  const secret = sessionSecret(record, installationKey);
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'steno/v1/digest', 32));
  return createHmac('sha256', key).update(bytes).digest('hex');
}

function sessionSecret(record: SessionRecord, installationKey: Buffer): Buffer {
  const wrapped = record.events[0]?.contents.find(({ kind }) => kind === 'key')?.bytes;
  if (wrapped === undefined) throw new Error('a session without its key');
  const cipher = createDecipheriv('aes-256-gcm', installationKey, wrapped.subarray(0, NONCE_BYTES));
  cipher.setAuthTag(wrapped.subarray(-TAG_BYTES));
  return Buffer.concat([cipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
}
