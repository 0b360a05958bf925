import type {
  Clock,
  CompletedFacts,
  ContentNote,
  Counted,
  ResponseDigest,
  ResponseStatus,
} from '@steno/sessions';
import { decodeErrorFields, fieldText, isMalformed, rowsAffected } from '@steno/wire-postgres';
import type { InputKeeper } from '../../session/input-keeper.js';
import type { OutputKeeper } from '../../session/output-keeper.js';
import type { SessionRecorder } from '../../session/recorder.js';
import type { RunningCommand } from './pending.js';
import { RowDescriptions } from './row-descriptions.js';
import type { Described } from './row-descriptions.js';

/** What of one response is kept at most; `limit.reached` names the one that was hit. */
const RESPONSE_LIMITS = {
  tagsPerResponse: 100,
  noticesPerResponse: 32,
  /** Of one error or notice. */
  diagnosticBytes: 64 * 1024,
} as const;
const TAG_LENGTH_MAX = 64;
const SQLSTATE_LENGTH = 5;
const SEVERITY_MAX = 16;
const NOTHING = Buffer.alloc(0);

/** What one response has shown so far. */
class Shown {
  rows = 0;
  tags: string[] = [];
  affected = 0;
  notices = 0;
  noticeTexts: Buffer[] = [];
  errorCode = '';
  errorSeverity = '';
  errorBody: Buffer | undefined;
  described: Described | undefined;
  /** The output names its columns itself. */
  namesColumns = false;
  isTagless = false;
  reached: (keyof typeof RESPONSE_LIMITS)[] = [];
}

export interface ResponseRecordOptions {
  /** How many values of each type were masked since the last response ended. */
  readonly masked: () => Counted;
  readonly recorder: SessionRecorder;
  readonly output: OutputKeeper;
  readonly digest: ResponseDigest;
  readonly clock: Clock;
  readonly input: InputKeeper;
}

/** Gathers what a response shows and writes it down when it ends. It knows no order of messages. */
export class ResponseRecord {
  readonly descriptions = new RowDescriptions();
  private shown = new Shown();

  constructor(private readonly options: ResponseRecordOptions) {}

  /** The target said anything at all. */
  get isAnswer(): boolean {
    const { tags, rows, namesColumns, isTagless } = this.shown;
    return isTagless || namesColumns || tags.length > 0 || rows > 0 || this.hasFailed;
  }

  get hasFailed(): boolean {
    return this.shown.errorBody !== undefined;
  }

  get hasRemarks(): boolean {
    return this.shown.notices > 0 || this.hasFailed;
  }

  /** What describes the rows of a command; undefined where more than one may, or none. */
  describing(command: RunningCommand): Described | undefined {
    const { portal } = command;
    const isTold = portal?.described !== undefined || portal?.statements.length === 1;
    return this.shown.described ?? (isTold ? this.remembered(command) : undefined);
  }

  get described(): Described | undefined {
    return this.shown.described;
  }

  /** The target answers in full without a tag: an empty query, a function call. */
  withoutTag(): void {
    this.shown.isTagless = true;
  }

  row(): void {
    this.shown.rows += 1;
  }

  /** Bytes that the digest covers. */
  digest(source: Buffer, start: number, end: number): void {
    this.options.digest.add(source, start, end);
  }

  /** Bytes of output to keep, framing included. */
  keep(source: Buffer, start: number, end: number): void {
    const { output, digest } = this.options;
    output.add(source, start, end);
    if (!output.isWhole) digest.giveUpPlain();
  }

  /** The description is part of the output. */
  columns(body: Buffer): void {
    this.shown.namesColumns = true;
    this.shown.described = this.descriptions.columnsOf(body);
  }

  tag(body: Buffer): void {
    const { shown } = this;
    const tag = body.toString('latin1', 0, Math.max(0, body.length - 1));
    if (shown.tags.length < RESPONSE_LIMITS.tagsPerResponse) {
      shown.tags.push(tag.slice(0, TAG_LENGTH_MAX));
    } else this.reach('tagsPerResponse');
    if (!tag.startsWith('SELECT') && !tag.startsWith('FETCH')) {
      shown.affected += rowsAffected(tag) ?? 0;
    }
  }

  lastTag(): string {
    return this.shown.tags.at(-1) ?? '';
  }

  /** The first error is the one that is told. Gives the SQLSTATE of one that ends the session. */
  error(body: Buffer): string | undefined {
    const { shown } = this;
    const kept = this.diagnostic(body);
    const fields = decodeErrorFields(kept);
    const text = (letter: string) => (isMalformed(fields) ? undefined : fieldText(fields, letter));
    const code = (text('C') ?? '').slice(0, SQLSTATE_LENGTH);
    const severity = (text('V') ?? text('S') ?? '').slice(0, SEVERITY_MAX);
    if (shown.errorBody === undefined) {
      shown.errorCode = code;
      shown.errorSeverity = severity;
      shown.errorBody = kept;
    }
    return severity === 'FATAL' || severity === 'PANIC' ? code : undefined;
  }

  notice(body: Buffer): void {
    const { shown } = this;
    shown.notices += 1;
    if (shown.notices > RESPONSE_LIMITS.noticesPerResponse) this.reach('noticesPerResponse');
    else shown.noticeTexts.push(this.diagnostic(body));
  }

  completed(command: RunningCommand, status: ResponseStatus): void {
    const duration = Number(this.options.clock() - command.submittedAt);
    this.finish(command.position, status, { duration, command });
  }

  /** A remark of the target that answers no command of its own. */
  remark(position: number): void {
    const status = this.hasFailed ? 'error' : 'ok';
    this.finish(position, status, { duration: 0, command: undefined });
  }

  private finish(
    position: number,
    status: ResponseStatus,
    of: { readonly duration: number; readonly command: RunningCommand | undefined },
  ): void {
    const { recorder, output, digest, input } = this.options;
    const { shown } = this;
    this.shown = new Shown();
    for (const limit of shown.reached) {
      recorder.limitReached(limit, RESPONSE_LIMITS[limit], position);
    }
    const kept = output.finish();
    const { bytes } = digest;
    const masked = this.options.masked();
    if (!kept.whole || masked.length > 0) digest.giveUpPlain();
    const remembered = shown.namesColumns ? undefined : this.remembered(of.command);
    const described = shown.described ?? remembered;
    const facts: CompletedFacts = {
      command: position,
      status,
      errorCode: shown.errorCode,
      errorSeverity: shown.errorSeverity,
      rows: shown.rows,
      rowsAffected: shown.affected,
      bytes,
      durationNs: of.duration,
      columns: described?.columns ?? NOTHING,
      columnsLeftOut: described?.leftOut ?? 0,
      ...digest.finish(),
      tags: shown.tags,
      outputKept: kept.kept,
      ...input.finish(position),
      notices: shown.notices,
      masked,
    };
    const description = shown.rows > 0 ? remembered?.body : undefined;
    recorder.completed(facts, this.contentsOf(shown, kept.head, description));
  }

  /** A response without its own description is told apart by the one of its portal or statement. */
  private remembered(command: RunningCommand | undefined): Described | undefined {
    const portal = command?.portal;
    if (portal === undefined) return undefined;
    if (portal.described !== undefined) return portal.described;
    const described = portal.statements[0]?.described;
    if (described === undefined) return undefined;
    return this.descriptions.inFormats(described, portal.resultFormats);
  }

  private contentsOf(shown: Shown, head: Buffer, description: Buffer | undefined): ContentNote[] {
    const { recorder } = this.options;
    const contents: ContentNote[] = [];
    if (head.length > 0) contents.push(recorder.note('output', head));
    if (shown.errorBody !== undefined) {
      contents.push(recorder.note('error', shown.errorBody, contents.length));
    }
    for (const text of shown.noticeTexts) {
      contents.push(recorder.note('notice', text, contents.length));
    }
    if (description !== undefined) {
      contents.push(recorder.note('description', description, contents.length));
    }
    return contents;
  }

  /** A copy; of one that is too long its head, ended so that it can be read. */
  private diagnostic(body: Buffer): Buffer {
    const { diagnosticBytes } = RESPONSE_LIMITS;
    if (body.length <= diagnosticBytes) return Buffer.from(body);
    this.reach('diagnosticBytes');
    return Buffer.concat([body.subarray(0, diagnosticBytes), Buffer.alloc(2)]);
  }

  private reach(limit: keyof typeof RESPONSE_LIMITS): void {
    if (!this.shown.reached.includes(limit)) this.shown.reached.push(limit);
  }
}
