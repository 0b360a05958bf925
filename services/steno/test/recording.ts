import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';
import type { EventLog } from '@steno/event-log';
import {
  AccessViewedSchema,
  GapSchema,
  InputCapturedSchema,
  InstanceReportedSchema,
  InstanceStartedSchema,
  InstanceStoppedSchema,
  OutputCapturedSchema,
  SessionOpenedSchema,
  StatementPreparedSchema,
  TargetDeclaredSchema,
  TerminationRequestedSchema,
} from '@steno/proto';
import type { FactsCase, Topic } from '@steno/proto';
import {
  BatchWriter,
  CONTENT_PART_BYTES,
  EventStream,
  NOTHING_CAME,
  SessionKey,
  certifyInstance,
  commandSubmitted,
  generatedFacts,
  newBootKey,
  responseCompleted,
  sessionClosed,
} from '@steno/sessions';
import type { ContentKind, ContentNote, Facts, InstanceRole, Origin } from '@steno/sessions';
import type { InstallationKeys } from '../src/data-directory/installation-keys.js';

const NOBODY = { identity: '', target: '' };
const MILLISECOND = 1_000_000n;

/** A wall that is set by hand, so that events are as old as a test needs them. */
export class TestClock {
  constructor(private now: bigint) {}

  read = (): bigint => (this.now += MILLISECOND);

  pass(ms: number): void {
    this.now += BigInt(ms) * MILLISECOND;
  }
}

/** One run of one instance: writes as its real process would, a batch at a time. */
export class TestBoot {
  readonly batches = new Map<Topic, BatchWriter>();
  readonly origin: Origin;
  private readonly streams = new Map<Topic, EventStream>();

  constructor(
    private readonly log: EventLog,
    readonly keys: InstallationKeys,
    readonly clock: TestClock,
    role: InstanceRole,
  ) {
    const of = { instance: `${role}-1`, role, issuedAt: clock.read() };
    const key = newBootKey(certifyInstance(keys.rootPrivateKey, of));
    this.origin = {
      installation: keys.installation,
      tenant: 'default',
      instance: of.instance,
      boot: randomUUID(),
      clock: clock.read,
      counter: { emitted: 0 },
      attest: key.attest,
      sign: key.sign,
    };
    const started = { version: 'test', role };
    this.write('control', facts('instanceStarted', InstanceStartedSchema, started));
  }

  batch(topic: Topic): BatchWriter {
    const batch = this.batches.get(topic) ?? new BatchWriter();
    this.batches.set(topic, batch);
    return batch;
  }

  get unsigned(): Origin {
    return { ...this.origin, sign: undefined };
  }

  write(topic: Topic, what: Facts): void {
    const { instance, boot } = this.origin;
    const origin = topic === 'control' ? this.origin : this.unsigned;
    const stream =
      this.streams.get(topic) ?? new EventStream(origin, `${topic}/${instance}/${boot}`, NOBODY);
    this.streams.set(topic, stream);
    stream.append(this.batch(topic), what, []);
  }

  beat(open: readonly EventStream[] = []): void {
    const openStreams = open.map(({ stream, head }) => ({
      stream,
      position: BigInt(head.next - 1),
      hash: Buffer.from(head.hash, 'hex'),
    }));
    const emitted = BigInt(this.origin.counter.emitted);
    const said = { emitted, openStreams };
    this.write('heartbeat', facts('instanceReported', InstanceReportedSchema, said));
  }

  viewed(actor: string): void {
    const said = { actor, action: 'list', object: 'session' };
    this.write('activity', facts('accessViewed', AccessViewedSchema, said));
  }

  declared(name: string): void {
    this.write('control', facts('targetDeclared', TargetDeclaredSchema, { name }));
  }

  terminate(sessionId: string): void {
    const said = { sessionId, actor: 'ann', reason: 'test' };
    this.write('control', facts('terminationRequested', TerminationRequestedSchema, said));
  }

  stopped(): void {
    const said = { reason: 'stopped' };
    this.write('control', facts('instanceStopped', InstanceStoppedSchema, said));
    this.beat();
  }

  /** Appends what was written; `twice` as after a failure that was none. */
  async commit({ twice = false } = {}): Promise<void> {
    for (const [topic, batch] of this.batches) {
      if (batch.isEmpty) continue;
      const encoded = batch.take();
      await this.log.append(topic, encoded);
      if (twice) await this.log.append(topic, encoded);
    }
  }
}

export function facts<Desc extends DescMessage>(
  name: FactsCase,
  schema: Desc,
  message: MessageInitShape<Desc>,
): Facts {
  return generatedFacts(name, schema, create(schema, message));
}

interface Run {
  readonly text: string;
  readonly output?: Buffer;
  readonly error?: string;
  readonly input?: Buffer;
}

/** A session as its capture records it. */
export class TestSession {
  readonly sessionId = randomUUID();
  readonly name = `session/${this.sessionId}`;
  stream: EventStream;
  readonly key = SessionKey.generate();
  private readonly totals = { commands: 0, errors: 0, rows: 0, bytes: 0 };

  constructor(
    private boot: TestBoot,
    private readonly identity = 'ci/deploy',
  ) {
    this.stream = new EventStream(boot.unsigned, this.name, { identity, target: 'shop' });
    const batch = boot.batch('data');
    batch.noteOpened(this.name);
    const opened = facts('sessionOpened', SessionOpenedSchema, {
      protocol: 'postgres',
      database: 'shop',
      source: '127.0.0.1:5',
      clientProgram: 'psql',
      durability: 'strict',
      origin: 'live',
      sessionId: this.sessionId,
    });
    this.stream.append(batch, opened, [
      this.note('key', this.key.wrap(boot.keys.contentKey)),
      this.note('claims', Buffer.from('{"email":"a@b"}'), 1),
    ]);
  }

  /** A command and its response; gives the command's position. */
  run({ text, output = Buffer.alloc(0), error = '', input }: Run): number {
    const batch = this.boot.batch('data');
    const command = this.submit(text);
    if (input !== undefined) {
      const said = { command: BigInt(command) };
      const captured = facts('inputCaptured', InputCapturedSchema, said);
      this.stream.append(batch, captured, [this.note('input', input)]);
    }
    for (let at = CONTENT_PART_BYTES; at < output.length; at += CONTENT_PART_BYTES) {
      const said = { command: BigInt(command), offset: BigInt(at) };
      const piece = output.subarray(at, at + CONTENT_PART_BYTES);
      const captured = facts('outputCaptured', OutputCapturedSchema, said);
      this.stream.append(batch, captured, [this.note('output', piece)]);
    }
    const isError = error !== '';
    const head = output.subarray(0, CONTENT_PART_BYTES);
    const contents = isError
      ? [this.note('error', Buffer.from(error))]
      : [this.note('output', head)];
    this.totals.errors += isError ? 1 : 0;
    this.totals.rows += isError ? 0 : 2;
    this.totals.bytes += output.length;
    const completed = {
      ...NOTHING_CAME,
      command,
      status: isError ? 'error' : 'ok',
      errorCode: error,
      rows: isError ? 0 : 2,
      bytes: output.length,
      durationNs: 1_000,
      tags: ['SELECT 2'],
    } as const;
    this.stream.append(batch, responseCompleted(completed), contents);
    return command;
  }

  submit(text: string, heldAt?: number): number {
    this.totals.commands += 1;
    const whole = this.note('text', Buffer.from(text));
    const { kind, length, commitment } = whole;
    const note = heldAt === undefined ? whole : { kind, length, commitment, heldAt };
    const submitted = commandSubmitted({
      kind: 'query',
      effect: 'allow',
      rule: 'default',
      policyVersion: '',
      approval: '',
      statementName: '',
      parameters: 0,
      traceparent: '',
      cause: '',
      redacted: [],
    });
    return this.stream.append(this.boot.batch('data'), submitted, [note]).position;
  }

  prepare(text: string): number {
    const prepared = facts('statementPrepared', StatementPreparedSchema, { name: 's' });
    const note = this.note('text', Buffer.from(text));
    return this.stream.append(this.boot.batch('data'), prepared, [note]).position;
  }

  gap(): void {
    const said = { fromPosition: 3n, toPosition: 4n, reason: 'a test' };
    this.stream.append(this.boot.batch('data'), facts('gap', GapSchema, said), []);
  }

  /** Parts of a statement whose event never comes: its process died. */
  early(bytes: Buffer): void {
    this.note('text', bytes);
  }

  close(reason: string, boot = this.boot): void {
    if (boot !== this.boot) {
      this.boot = boot;
      const of = { identity: this.identity, target: 'shop' };
      this.stream = new EventStream(boot.unsigned, this.name, of, this.stream.head);
    }
    const batch = boot.batch('data');
    batch.noteClosed(this.name);
    this.stream.append(batch, sessionClosed(this.totals, { reason }, this.stream.head.next), []);
  }

  private note(kind: ContentKind, bytes: Buffer, index = 0): ContentNote {
    const commitment = this.key.commit(kind, bytes);
    const { length } = bytes;
    if (length <= CONTENT_PART_BYTES) return { kind, length, commitment, bytes };
    const { stream } = this.stream;
    const position = this.stream.head.next;
    for (let at = 0, part = 0; at < length; at += CONTENT_PART_BYTES, part += 1) {
      const piece = bytes.subarray(at, at + CONTENT_PART_BYTES);
      this.boot.batch('data').part({ stream, position, index, part, kind, bytes: piece });
    }
    return { kind, length, commitment };
  }
}
