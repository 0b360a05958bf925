import { create } from '@bufbuild/protobuf';
import type { Committer } from '@steno/event-log';
import {
  CommandDecidedSchema,
  InputCapturedSchema,
  LimitReachedSchema,
  OutputCapturedSchema,
  SessionOpenedSchema,
  StatementPreparedSchema,
} from '@steno/proto';
import type { SessionOpened } from '@steno/proto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  CONTENT_PART_BYTES,
  commandSubmitted,
  generatedFacts,
  responseCompleted,
  sessionClosed,
} from '@steno/sessions';
import type {
  Clock,
  CompletedFacts,
  ContentKind,
  ContentNote,
  Counted,
  Ending,
  EventStream,
  SubmittedFacts,
  SessionKey,
} from '@steno/sessions';
import type { Tally } from '../tally.js';

const NO_CONTENT: readonly ContentNote[] = [];
/** What others chose is cut to fit an envelope, in characters and in numbers. */
const NAME_MAX = 128;
const TEXT_MAX = 1024;
const PARAMETER_TYPES_MAX = 1024;

/** What is known of a statement that is given a name. */
export interface PreparedFacts {
  readonly name: string;
  readonly parameterTypes: readonly number[];
  /** Replaced in its text. */
  readonly redacted: Counted;
}

/** A statement that was given a name, as later executions refer to it. */
export interface PreparedNote {
  readonly position: number;
  /** Names the text that stands with `position`, for the events of its executions. */
  readonly text: ContentNote;
}

/**
 * Writes what happens in one session to its stream. The same for all protocols: it knows commands,
 * responses and content, no wire. Everything is written into the committer's batch at once; whether
 * that is durable is the committer's to say.
 */
export class SessionRecorder {
  commands = 0;
  errors = 0;
  rows = 0;
  bytes = 0;
  private ended = false;

  constructor(
    private readonly stream: EventStream,
    readonly key: SessionKey,
    private readonly committer: Committer,
    private readonly use: {
      readonly clock: Clock;
      readonly tally: Tally;
      readonly onClosed: () => void;
    },
  ) {}

  get clock(): Clock {
    return this.use.clock;
  }

  /** Its stream. */
  get name(): string {
    return this.stream.stream;
  }

  /** Of the event that comes next. */
  get position(): number {
    return this.stream.head.next;
  }

  opened(
    facts: MessageInitShape<typeof SessionOpenedSchema>,
    secrets: { wrappedKey: Buffer; personalClaims: string },
  ): void {
    const message: SessionOpened = create(SessionOpenedSchema, facts);
    const contents = [this.note('key', secrets.wrappedKey)];
    if (secrets.personalClaims !== '') {
      contents.push(this.note('claims', Buffer.from(secrets.personalClaims)));
    }
    const { batch } = this.committer;
    batch.noteOpened(this.stream.stream);
    this.stream.append(
      batch,
      generatedFacts('sessionOpened', SessionOpenedSchema, message),
      contents,
    );
  }

  prepared({ name, parameterTypes, redacted }: PreparedFacts, text: Buffer): PreparedNote {
    const note = this.note('text', text, 0);
    const message = create(StatementPreparedSchema, {
      name: name.slice(0, NAME_MAX),
      parameterTypes: parameterTypes.slice(0, PARAMETER_TYPES_MAX),
      redacted: redacted.map(([type, count]) => ({ type, count: BigInt(count) })),
    });
    const facts = generatedFacts('statementPrepared', StatementPreparedSchema, message);
    const { position } = this.stream.append(this.committer.batch, facts, [note]);
    const { kind, length, commitment } = note;
    return { position, text: { kind, length, commitment, heldAt: position } };
  }

  /**
   * The position of the command. Its contents are made by `note`, with indexes in the order given.
   */
  submitted(facts: SubmittedFacts, contents: readonly ContentNote[]): number {
    this.commands += 1;
    this.use.tally.ruled(facts.effect);
    return this.stream.append(this.committer.batch, commandSubmitted(facts), contents).position;
  }

  /** What became of a command that was held. */
  decided(facts: MessageInitShape<typeof CommandDecidedSchema>): void {
    const message = create(CommandDecidedSchema, facts);
    const decided = generatedFacts('commandDecided', CommandDecidedSchema, message);
    this.stream.append(this.committer.batch, decided, NO_CONTENT);
  }

  completed(facts: CompletedFacts, contents: readonly ContentNote[]): void {
    if (facts.status === 'error') this.errors += 1;
    this.rows += facts.rows;
    this.bytes += facts.bytes;
    this.stream.append(this.committer.batch, responseCompleted(facts), contents);
  }

  output(command: number, offset: number, bytes: Buffer): void {
    const message = create(OutputCapturedSchema, {
      command: BigInt(command),
      offset: BigInt(offset),
    });
    const facts = generatedFacts('outputCaptured', OutputCapturedSchema, message);
    this.stream.append(this.committer.batch, facts, [this.note('output', bytes)]);
    this.committer.behind();
  }

  input(command: number, offset: number, bytes: Buffer): void {
    const message = create(InputCapturedSchema, {
      command: BigInt(command),
      offset: BigInt(offset),
    });
    const facts = generatedFacts('inputCaptured', InputCapturedSchema, message);
    this.stream.append(this.committer.batch, facts, [this.note('input', bytes)]);
    this.committer.behind();
  }

  /** `command`: the one that it concerns; undefined for the session. */
  limitReached(limit: string, value: number, command?: number): void {
    this.use.tally.limitReached(limit);
    const message = create(LimitReachedSchema, {
      limit,
      value: BigInt(value),
      commandPlusOne: command === undefined ? 0n : BigInt(command + 1),
    });
    const facts = generatedFacts('limitReached', LimitReachedSchema, message);
    this.stream.append(this.committer.batch, facts, NO_CONTENT);
    this.committer.behind();
  }

  /** Once; later calls change nothing, since the first cause is the true one. */
  closed(ending: Ending): void {
    if (this.ended) return;
    this.ended = true;
    const { batch } = this.committer;
    batch.noteClosed(this.stream.stream);
    const { position } = this;
    const cut = {
      reason: ending.reason.slice(0, NAME_MAX),
      actor: (ending.actor ?? '').slice(0, TEXT_MAX),
      detail: (ending.detail ?? '').slice(0, TEXT_MAX),
    };
    this.stream.append(batch, sessionClosed(this, cut, position), NO_CONTENT);
    this.committer.behind();
    this.use.onClosed();
  }

  /**
   * A piece of content for the next event of this stream, at `index` of its contents. What is
   * longer than 32 KiB goes ahead of the event in parts.
   */
  note(kind: ContentKind, bytes: Buffer, index = 0): ContentNote {
    const commitment = this.key.commit(kind, bytes);
    const { length } = bytes;
    if (length <= CONTENT_PART_BYTES) return { kind, length, commitment, bytes };
    const { stream } = this.stream;
    const { position } = this;
    for (let at = 0, part = 0; at < length; at += CONTENT_PART_BYTES, part += 1) {
      const piece = bytes.subarray(at, at + CONTENT_PART_BYTES);
      this.committer.batch.part({ stream, position, index, part, kind, bytes: piece });
    }
    return { kind, length, commitment };
  }
}
