import type { ResponseCompleted } from '@steno/proto';
import { AlignedTable } from './aligned-table.js';
import { assignTags, parseTag, showsTag, type TagPart } from './command-tags.js';
import { counted, grouped, timeLine } from './durations.js';
import { errorLines } from './error-fields.js';
import { ByteReader } from './byte-reader.js';
import { transcriptLimits } from './limits.js';
import { isOutputMessage, messageType, walkMessages, type Message } from './message-walker.js';
import { opensBlock, outputShape, readColumns, readRow, unnamedColumns } from './output-blocks.js';
import type { OutputShape, ResultColumn } from './output-blocks.js';
import { cut, decodeText, layOut, oneLine } from './printable.js';
import type { StyledLines } from './style.js';
import { alignsRight } from './types/decode.js';
import { hexText } from './types/numbers.js';

/** What is there of one response; the bytes are those of its content. */
export interface ResponseParts {
  readonly facts: ResponseCompleted;
  readonly output: readonly Uint8Array[];
  /** Body of the RowDescription that came with an earlier response, where one names the columns. */
  readonly description: Uint8Array | undefined;
  readonly errors: readonly Uint8Array[];
  readonly notices: readonly Uint8Array[];
  /** Kinds of content that the event names and that are gone. */
  readonly expired: ReadonlySet<string>;
  /** Text of the command, where it is known. */
  readonly statement: string | undefined;
}

export interface ResponseLimits {
  readonly cellMax: number;
  readonly rowsMax: number;
}

/**
 * Writes one response as psql would have. It holds one batch of rows at a time; what was written
 * can be taken from `out` whenever `pending` yields.
 */
export class ResponseWriter {
  private rowsShown = 0;
  private written = 0;
  private readonly shape: OutputShape;
  private readonly given: number;
  /** The whole output was kept, and all of it was handed in. */
  private readonly complete: boolean;

  constructor(
    private readonly parts: ResponseParts,
    private readonly limits: ResponseLimits,
    private readonly out: StyledLines,
  ) {
    const { facts, output } = parts;
    this.given = output.reduce((sum, piece) => sum + piece.length, 0);
    this.complete = this.keptWhole && BigInt(this.given) >= facts.outputKept;
    this.shape = outputShape(output, this.complete);
  }

  /** Yields what is written so far, now and then; the rest at the end. */
  *render(): Generator<string> {
    this.writeNotices();
    yield* this.writeResults();
    this.writeErrors();
    this.writeRemarks();
    const { facts } = this.parts;
    if (facts.status !== 'skipped') this.out.line(timeLine(facts.durationNs), 'dim');
    yield this.out.take();
  }

  /** The digest of masked output is keyed as well, though all of it may be kept. */
  private get keptWhole(): boolean {
    const { hmac, masked, outputKept, bytes } = this.parts.facts;
    return hmac.length === 0 || (masked.length > 0 && outputKept >= bytes);
  }

  private get full(): boolean {
    const { responseChars } = transcriptLimits;
    return this.rowsShown >= this.limits.rowsMax || this.written + this.out.length > responseChars;
  }

  private writeNotices(): void {
    const { facts, notices, expired } = this.parts;
    const shown = notices.slice(0, transcriptLimits.noticesMax);
    for (const notice of shown) {
      for (const line of errorLines(notice, this.parts.statement)) this.out.line(line);
    }
    const left = facts.notices - shown.length;
    if (expired.has('notice')) this.out.line('[notice expired]', 'loud');
    else if (left > 0) this.out.line(`… ${counted(left, 'more notice')} not shown`, 'dim');
  }

  private *writeResults(): Generator<string> {
    const { tags } = this.parts.facts;
    const parts = assignTags(tags, this.shape.blocks);
    const messages = new BlockMessages(this.parts.output);
    let hidden = 0;
    for (const part of parts) {
      if (part.block === undefined) {
        if (this.writeWithoutRows(part)) continue;
      } else if (this.full && part.block > 0) hidden += 1;
      else {
        yield* this.writeBlock(messages.next(), part);
      }
      if (showsTag(part)) this.out.line(oneLine(part.tag ?? ''));
    }
    if (hidden > 0) {
      this.out.line(`… ${counted(hidden, 'more result')} recorded ${viewLimit}`, 'dim');
    }
  }

  /**
   * A tag alone. Says whether it wrote a result in its place: where the event knows columns, an
   * empty or unkept one still has its head.
   */
  private writeWithoutRows(part: TagPart): boolean {
    const { facts, expired } = this.parts;
    const columns = this.describedColumns();
    const alone = facts.tags.length === 1 && this.shape.blocks.length === 0;
    const reads = part.tag !== undefined && parseTag(part.tag).reads;
    if (!alone || !reads || expired.has('output')) return false;
    if (columns.length === 0 && facts.rows === 0n) return false;
    if (columns.length > 0) this.tableOf(columns).flush();
    this.writeFooter(part, 0, true);
    return true;
  }

  private tableOf(columns: readonly ResultColumn[]): AlignedTable {
    const { batchRows, batchChars } = transcriptLimits;
    return new AlignedTable(columns, { batchRows, batchChars }, this.out);
  }

  private *writeBlock(messages: Iterable<Message>, part: TagPart): Generator<string> {
    const kind = this.shape.blocks[part.block ?? -1]?.kind;
    if (kind === 'copy') yield* this.writeCopy(messages, part);
    else if (kind === 'function') this.writeFunctionResult(messages);
    else yield* this.writeTable(messages, part);
  }

  private *writeTable(messages: Iterable<Message>, part: TagPart): Generator<string> {
    const { cellMax } = this.limits;
    let columns: readonly ResultColumn[] | undefined = undefined;
    let table: AlignedTable | undefined = undefined;
    let shown = 0;
    let stopped = false;
    for (const { type, body } of messages) {
      if (type === messageType.rowDescription) columns = readColumns(body, cellMax);
      else {
        stopped = this.full;
        if (stopped) break;
        columns ??= this.columnsOf(body);
        table ??= this.tableOf(columns);
        const flushed = table.add(readRow(body, columns, cellMax));
        shown += 1;
        this.rowsShown += 1;
        if (flushed) yield this.takeWritten();
      }
    }
    table ??= this.tableOf(columns ?? []);
    table.flush();
    this.writeFooter(part, shown, !stopped);
  }

  private columnsOf(row: Uint8Array): readonly ResultColumn[] {
    const named = this.describedColumns();
    const unnamed = unnamedColumns(row);
    return named.length > 0 ? [...named, ...unnamed.slice(named.length)] : unnamed;
  }

  /** Columns that the target had described before, with the description or in the event's facts. */
  private describedColumns(): ResultColumn[] {
    const { description, facts } = this.parts;
    if (description !== undefined) return readColumns(description, this.limits.cellMax);
    return factColumns(facts, this.limits.cellMax);
  }

  private writeFooter(part: TagPart, shown: number, ended: boolean): void {
    const total = this.rowsOf(part, shown);
    if (total > shown || !ended) this.writeMore({ total, shown, ended });
    else this.out.line(`(${shown} row${shown === 1 ? '' : 's'})`);
    this.out.line('');
  }

  /** Rows that the statement gave, as far as anything tells. */
  private rowsOf(part: TagPart, shown: number): number {
    const block = part.block === undefined ? undefined : this.shape.blocks[part.block];
    const tagged = part.tag === undefined ? undefined : parseTag(part.tag).rows;
    const counts = [shown, block?.rows ?? 0, tagged ?? 0];
    if (this.shape.blocks.length <= 1) counts.push(Number(this.parts.facts.rows));
    return Math.max(...counts);
  }

  /** `ended`: it was not the limit of the view that kept the rest from being shown. */
  private writeMore(rows: { total: number; shown: number; ended: boolean }): void {
    const { total, shown, ended } = rows;
    const noun = shown > 0 ? 'more row' : 'row';
    const more = total > shown ? counted(total - shown, noun) : `${noun}s`;
    const are = total - shown === 1 ? 'is' : 'are';
    let what = 'recorded but not at hand (expired, or not loaded)';
    if (!this.keptWhole) what = `not ${shown > 0 ? 'all ' : ''}recorded (digest only)`;
    else if (!ended) what = `recorded ${viewLimit}`;
    const came = this.keptWhole ? '' : 'came and ';
    this.out.line(`… ${more} ${came}${are} ${what}`, 'dim');
  }

  private *writeCopy(messages: Iterable<Message>, part: TagPart): Generator<string> {
    let shown = 0;
    let binary = false;
    let stopped = false;
    for (const { type, body } of messages) {
      if (type === messageType.copyOutResponse) {
        binary = new ByteReader(body).uint8() === 1;
        continue;
      }
      stopped = this.full;
      if (stopped) break;
      for (const line of copyLines(body, binary)) this.out.line(line);
      shown += 1;
      this.rowsShown += 1;
      if (shown % transcriptLimits.batchRows === 0) yield this.takeWritten();
    }
    const total = this.rowsOf(part, shown);
    if (stopped || (!binary && total > shown)) this.writeMore({ total, shown, ended: !stopped });
  }

  /** Int32 length or -1, bytes; neither type nor format are recorded. */
  private writeFunctionResult(messages: Iterable<Message>): void {
    for (const { body } of messages) {
      const reader = new ByteReader(body);
      const isNull = reader.int32() === -1;
      const value = isNull ? 'NULL' : hexText(reader.rest(), this.limits.cellMax / 2);
      this.out.line(`-- function result: ${value}`, 'dim');
    }
  }

  private writeErrors(): void {
    const { facts, errors, expired, statement } = this.parts;
    for (const error of errors) {
      for (const line of errorLines(error, statement)) this.out.line(line, 'error');
    }
    if (errors.length > 0 || facts.status !== 'error') return;
    const { severity = '', code = '' } = facts.error ?? {};
    const what = expired.has('error') ? '[text expired]' : '[no text recorded]';
    const state = code === '' ? '' : ` (${oneLine(code)})`;
    this.out.line(`${oneLine(severity === '' ? 'ERROR' : severity)}:  ${what}${state}`, 'error');
  }

  private writeRemarks(): void {
    const { facts, expired } = this.parts;
    if (expired.has('output')) this.out.line('[output expired]', 'loud');
    if (!this.shape.readable) this.out.line('-- the rest of the output is unreadable', 'loud');
    if (facts.inputBytes > 0n) {
      this.out.line(`-- ${grouped(facts.inputBytes)} bytes of input`, 'dim');
    }
    const masked = facts.masked.map(({ type, count }) => `${grouped(count)} × ${oneLine(type)}`);
    if (masked.length > 0) this.out.line(`-- masked: ${masked.join(', ')}`, 'dim');
    const remark = statusRemarks[facts.status];
    if (remark !== undefined) this.out.line(remark, facts.status === 'cut' ? 'loud' : 'dim');
  }

  private takeWritten(): string {
    const text = this.out.take();
    this.written += text.length;
    return text;
  }
}

const viewLimit = '(limit of the replay view)';

const statusRemarks: Readonly<Record<string, string>> = {
  suspended: '-- suspended: the portal has rows left',
  skipped: '-- skipped: an earlier command of the same batch failed',
  cut: '-- cut: the session ended before the response did',
};

function factColumns(facts: ResponseCompleted, nameMax: number): ResultColumn[] {
  return facts.columns.slice(0, transcriptLimits.columnsMax).map(({ name, type, format }) => {
    const binary = format === 'binary';
    return { name: cut(name, nameMax), type, binary, right: alignsRight(type) };
  });
}

/** The data as it came; a line longer than the limit is cut. */
function copyLines(body: Uint8Array, binary: boolean): readonly string[] {
  const { lineMax } = transcriptLimits;
  const text = binary ? hexText(body, lineMax / 2) : decodeText(body, lineMax);
  return layOut(cut(text.replace(/\n$/, ''), lineMax)).lines;
}

/** Splits the messages of the output where a RowDescription or CopyOutResponse opens a block. */
class BlockMessages {
  private readonly messages: Generator<Message, number>;
  private ahead: Message | undefined = undefined;

  constructor(pieces: readonly Uint8Array[]) {
    this.messages = walkMessages(pieces);
  }

  /** The next block. One that was not read to its end loses the rest of itself, and so do later. */
  *next(): Generator<Message> {
    let first = true;
    for (;;) {
      const message = this.ahead ?? this.pull();
      this.ahead = message;
      if (message === undefined) return;
      if (opensBlock(message.type) && !first) return;
      first = false;
      this.ahead = undefined;
      yield message;
    }
  }

  private pull(): Message | undefined {
    const result = this.messages.next();
    if (result.done === true || !isOutputMessage(result.value.type)) return undefined;
    return result.value;
  }
}
