import type { ColumnName } from '@steno/masking';
import type { Given, MaskTerms } from '@steno/policy';
import type { Counted } from '@steno/sessions';
import {
  backendType,
  decodeNotificationResponse,
  decodeParameterStatus,
  encodeNotificationResponse,
  encodeParameterStatus,
  isMalformed,
} from '@steno/wire-postgres';
import { readable, written } from '../../../masking/encoding.js';
import { MaskTally } from '../../../masking/mask-tally.js';
import type { Masking, Maskings } from '../../../masking/masking.js';
import type { PendingQueue, RunningCommand } from '../pending.js';
import type { Described } from '../row-descriptions.js';
import { bytesOf, slabForMany, spanOf } from '../slab.js';
import type { Span } from '../slab.js';
import { Cells } from './cells.js';
import type { Change } from './cells.js';
import { CopyRows } from './copy-rows.js';
import { maskDiagnostic } from './diagnostics.js';
import { FieldMasker } from './field-masker.js';
import { UNTOLD, planRow, planTold } from './row-plan.js';
import type { ColumnAt, Known } from './row-plan.js';

const HEADER_BYTES = 5;
const COUNT_BYTES = 2;
const BINARY = 1;
const CUT_OFF = 'a row of the target is cut off';

const {
  commandComplete,
  copyData,
  copyOutResponse,
  dataRow,
  errorResponse,
  functionCallResponse,
  noticeResponse,
  notificationResponse,
  parameterStatus,
} = backendType;
const MASKED: ReadonlySet<number> = new Set<number>([
  copyData,
  dataRow,
  errorResponse,
  functionCallResponse,
  noticeResponse,
  notificationResponse,
  parameterStatus,
]);

export interface ResponseMaskerOptions {
  readonly maskings: Maskings;
  readonly pending: PendingQueue;
  readonly gate: {
    readonly mayMask: boolean;
    /** All that was to be masked in the session so far. */
    readonly mask: MaskTerms | undefined;
    readonly columnAt: ColumnAt;
    readonly columnsOf: (given: Given) => readonly ColumnName[];
  };
  /** By what the rows of a command are described, if by one description. */
  readonly described: (command: RunningCommand) => Described | undefined;
}

/** How the rows of a command are masked. */
interface Begun {
  readonly command: RunningCommand | undefined;
  readonly terms: MaskTerms;
  /** How many a row is said to have; undefined: nobody described it. */
  readonly fields: number | undefined;
  readonly change: Change;
  readonly withhold: Change;
}

/** Masks what a target says, by what the policies say of the command that it answers. */
export class ResponseMasker {
  private readonly tally = new MaskTally();
  private begun: Begun | undefined;
  private cells: Cells | undefined;
  private copies: CopyRows | undefined;
  /** Statements of the command that have begun to copy. */
  private copied = 0;
  /** Statements of it that are done. */
  private ended = 0;

  constructor(private readonly options: ResponseMaskerOptions) {}

  /** Some rule masks: what is said may have to be replaced. */
  get isOn(): boolean {
    return this.options.gate.mayMask;
  }

  /** Whether a message of the type has to be seen whole. */
  mayMask(type: number): boolean {
    return this.isOn && MASKED.has(type) && this.terms(type) !== undefined;
  }

  /** What to say in place of a message, header included; undefined: it stays as it is. */
  instead(type: number, body: Span): Span | undefined {
    if (type === dataRow) {
      const masked = this.terms(type);
      return masked && this.row(body, masked);
    }
    if (type === copyOutResponse) this.copyBegins(bytesOf(body));
    if (type === commandComplete) this.statementEnds();
    if (!MASKED.has(type)) return undefined;
    const terms = this.terms(type);
    if (terms === undefined) return undefined;
    const masking = this.options.maskings.by(terms);
    if (type === functionCallResponse) return this.value(body, masking);
    const message = this.otherwise(type, bytesOf(body), masking);
    return message && spanOf(message);
  }

  private otherwise(type: number, body: Buffer, masking: Masking): Buffer | undefined {
    switch (type) {
      case copyData:
        return this.copyRow(body, masking);
      case notificationResponse:
        return this.notification(body, masking);
      case parameterStatus:
        return this.setting(body, masking);
      default:
        return withType(type, maskDiagnostic(body, masking, this.tally));
    }
  }

  /** Rows that come from here on are described anew. */
  describes(): void {
    this.begun = undefined;
  }

  private statementEnds(): void {
    this.ended += 1;
    this.begun = undefined;
  }

  /** How many values of each type were masked since it was asked last. */
  takeCounts(): Counted {
    this.begun = undefined;
    this.copies = undefined;
    this.copied = 0;
    this.cells = undefined;
    this.ended = 0;
    return this.tally.take();
  }

  /** What is no command's own is masked as all that the session has run. */
  private terms(type: number): MaskTerms | undefined {
    const { pending, gate } = this.options;
    const { head } = pending;
    const isRow = type === dataRow || type === copyData;
    return isRow && head?.kind === 'command' ? head.mask : gate.mask;
  }

  private get running(): RunningCommand | undefined {
    const { head } = this.options.pending;
    return head?.kind === 'command' ? head : undefined;
  }

  private begin(terms: MaskTerms): Begun {
    const command = this.running;
    const { begun } = this;
    if (begun !== undefined && begun.command === command && begun.terms === terms) return begun;
    const masking = this.options.maskings.by(terms);
    const described = command && this.options.described(command);
    const plan = described && planRow(described.body, masking, this.knownOf(command));
    const masker = new FieldMasker(masking, this.tally);
    this.begun = {
      command,
      terms,
      fields: plan?.length,
      change: (index, source, from, to) => {
        const field = plan?.[index];
        return field && masker.maskAt(source, from, to, field);
      },
      withhold: () => masker.withhold(),
    };
    return this.begun;
  }

  /** A Query runs its statements in order; of what an Execute may run it is not known which. */
  private knownOf(command: RunningCommand | undefined): Known {
    const { columnAt, columnsOf } = this.options.gate;
    const gives = command?.gives ?? [];
    const isOrdered = command?.endsAt === 'ready' || gives.length === 1;
    const given = isOrdered ? gives[this.ended] : undefined;
    const possible = given === undefined ? gives : [given];
    return { columnAt, outputs: given?.outputs, anywhere: () => possible.flatMap(columnsOf) };
  }

  /** Int16(fields) {Int32(length) Byte[length]}[fields]; what nobody described is not shown. */
  private row(body: Span, terms: MaskTerms): Span | undefined {
    const { fields, change, withhold } = this.begin(terms);
    const { source, start, end } = body;
    if (end - start < COUNT_BYTES) throw new Error(CUT_OFF);
    const count = ((source[start] as number) << 8) | (source[start + 1] as number);
    const cells = this.cellsOf(body, COUNT_BYTES);
    cells.each(count, fields === count ? change : withhold);
    return rewritten(dataRow, cells);
  }

  private value(body: Span, masking: Masking): Span | undefined {
    const fields = new FieldMasker(masking, this.tally);
    const plan = planTold(UNTOLD, masking, true);
    const cells = this.cellsOf(body, 0);
    cells.each(1, (_, source, from, to) => fields.maskAt(source, from, to, plan));
    return rewritten(functionCallResponse, cells);
  }

  private cellsOf(body: Span, ahead: number): Cells {
    this.cells ??= new Cells({ slab: slabForMany(), room: HEADER_BYTES });
    return this.cells.begin(body, ahead);
  }

  private copyBegins(body: Buffer): void {
    this.copies = undefined;
    const command = this.running;
    if (command?.mask === undefined) return;
    const copying = command.gives?.flatMap(({ copied }) => copied ?? []) ?? [];
    const masking = this.options.maskings.by(command.mask);
    this.copies = new CopyRows(masking, this.tally, copying[this.copied], body[0] === BINARY);
    this.copied += 1;
  }

  private copyRow(body: Buffer, masking: Masking): Buffer | undefined {
    this.copies ??= new CopyRows(masking, this.tally, undefined, false);
    return withType(copyData, this.copies.row(body));
  }

  private notification(body: Buffer, masking: Masking): Buffer | undefined {
    const told = decodeNotificationResponse(body);
    if (isMalformed(told)) throw new Error('a notification of the target cannot be read');
    const text = readable(told.payload);
    const masked = masking.text(text);
    if (masked.text === text) return undefined;
    const payload = written(masked.text ?? '', told.payload);
    return encodeNotificationResponse(told.processId, told.channel, payload);
  }

  /** What a session sets by a value (`set_config`) is told to its client. */
  private setting(body: Buffer, masking: Masking): Buffer | undefined {
    const told = decodeParameterStatus(body);
    if (isMalformed(told)) throw new Error('a setting of the target cannot be read');
    const { text, counts } = masking.text(told.value);
    if (text === told.value) return undefined;
    this.tally.addAll(counts);
    return encodeParameterStatus(told.name, text ?? '');
  }
}

function rewritten(type: number, cells: Cells): Span | undefined {
  if (!cells.isSound) throw new Error(CUT_OFF);
  const span = cells.rewritten();
  if (span !== undefined) putHeader(type, span);
  return span;
}

function withType(type: number, body: Buffer | undefined): Buffer | undefined {
  if (body === undefined) return undefined;
  const message = Buffer.concat([Buffer.alloc(HEADER_BYTES), body]);
  putHeader(type, spanOf(message));
  return message;
}

function putHeader(type: number, { source, start, end }: Span): void {
  const length = end - start - 1;
  source[start] = type;
  source[start + 1] = length >> 24;
  source[start + 2] = length >> 16;
  source[start + 3] = length >> 8;
  source[start + 4] = length;
}
