import type { MaskCounts } from '@steno/masking';
import type { MaskTerms } from '@steno/policy';
import {
  backendType,
  decodeNotificationResponse,
  encodeNotificationResponse,
  isMalformed,
} from '@steno/wire-postgres';
import { readable, written } from '../../../masking/encoding.js';
import type { Masking, Maskings } from '../../../masking/masking.js';
import type { PendingQueue, RunningCommand } from '../pending.js';
import type { Described } from '../row-descriptions.js';
import { Cells } from './cells.js';
import { CopyRows } from './copy-rows.js';
import { maskDiagnostic } from './diagnostics.js';
import { FieldMasker } from './field-masker.js';
import { UNTOLD, planRow, planTold } from './row-plan.js';
import type { ColumnAt, RowPlan } from './row-plan.js';

const HEADER_BYTES = 5;
const COUNT_BYTES = 2;
const BINARY = 1;

const {
  copyData,
  copyOutResponse,
  dataRow,
  errorResponse,
  functionCallResponse,
  noticeResponse,
  notificationResponse,
} = backendType;
const MASKED: ReadonlySet<number> = new Set<number>([
  copyData,
  dataRow,
  errorResponse,
  functionCallResponse,
  noticeResponse,
  notificationResponse,
]);

export interface ResponseMaskerOptions {
  readonly maskings: Maskings;
  readonly pending: PendingQueue;
  readonly gate: {
    readonly mayMask: boolean;
    /** All that was to be masked in the session so far. */
    readonly mask: MaskTerms | undefined;
    readonly columnAt: ColumnAt;
  };
  /** By what the rows of a command are described, if by one description. */
  readonly described: (command: RunningCommand) => Described | undefined;
}

/** Masks what a target says, by what the policies say of the command that it answers. */
export class ResponseMasker {
  private counts: MaskCounts = {};
  private of: { command: RunningCommand | undefined; terms: MaskTerms } | undefined;
  private plan: RowPlan | undefined;
  private fields: FieldMasker | undefined;
  private copies: CopyRows | undefined;
  /** Statements of the command that have begun to copy. */
  private copied = 0;

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
  instead(type: number, body: Buffer): Buffer | undefined {
    if (type === copyOutResponse) this.copyBegins(body);
    if (!MASKED.has(type)) return undefined;
    const terms = this.terms(type);
    if (terms === undefined) return undefined;
    const masking = this.options.maskings.by(terms);
    switch (type) {
      case dataRow:
        return this.row(body, masking, terms);
      case copyData:
        return this.copyRow(body, masking);
      case functionCallResponse:
        return this.value(body, masking);
      case notificationResponse:
        return this.notification(body, masking);
      default:
        return withType(type, maskDiagnostic(body, masking, this.counts));
    }
  }

  /** Rows that come from here on are described anew. */
  describes(): void {
    this.plan = undefined;
    this.of = undefined;
  }

  /** How many values of each type were masked since it was asked last. */
  takeCounts(): MaskCounts {
    const { counts } = this;
    this.counts = {};
    this.of = undefined;
    this.copies = undefined;
    this.copied = 0;
    return counts;
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

  private begin(masking: Masking, terms: MaskTerms): void {
    const command = this.running;
    if (this.of?.command === command && this.of?.terms === terms) return;
    this.of = { command, terms };
    const described = command && this.options.described(command);
    const outputs = command?.gives?.length === 1 ? command.gives[0]?.outputs : undefined;
    const { columnAt } = this.options.gate;
    this.fields = new FieldMasker(masking, this.counts);
    this.plan = described && planRow(described.body, masking, { columnAt, outputs });
  }

  /** Int16(fields) {Int32(length) Byte[length]}[fields]; what nobody described is not shown. */
  private row(body: Buffer, masking: Masking, terms: MaskTerms): Buffer | undefined {
    this.begin(masking, terms);
    const { plan, fields = new FieldMasker(masking, this.counts) } = this;
    const count = body.readUInt16BE(0);
    const isKnown = plan?.length === count;
    const cells = new Cells(body, COUNT_BYTES);
    cells.each(
      count,
      (value, index) => {
        const field = isKnown ? plan[index] : undefined;
        return field === undefined ? fields.withhold() : fields.mask(value, field);
      },
      (index) => isKnown && plan[index] === undefined,
    );
    return this.rewritten(dataRow, cells);
  }

  private value(body: Buffer, masking: Masking): Buffer | undefined {
    const fields = new FieldMasker(masking, this.counts);
    const cells = new Cells(body, 0);
    cells.each(1, (value) => fields.mask(value, planTold(UNTOLD, masking, true)));
    return this.rewritten(functionCallResponse, cells);
  }

  private rewritten(type: number, cells: Cells): Buffer | undefined {
    if (!cells.isSound) throw new Error('a row of the target is cut off');
    const rewritten = cells.rewritten(HEADER_BYTES);
    return rewritten && header(rewritten, type);
  }

  private copyBegins(body: Buffer): void {
    this.copies = undefined;
    const command = this.running;
    if (command?.mask === undefined) return;
    const copying = command.gives?.flatMap(({ copied }) => copied ?? []) ?? [];
    const masking = this.options.maskings.by(command.mask);
    this.copies = new CopyRows(masking, this.counts, copying[this.copied], body[0] === BINARY);
    this.copied += 1;
  }

  private copyRow(body: Buffer, masking: Masking): Buffer | undefined {
    this.copies ??= new CopyRows(masking, this.counts, undefined, false);
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
}

function withType(type: number, body: Buffer | undefined): Buffer | undefined {
  if (body === undefined) return undefined;
  return header(Buffer.concat([Buffer.alloc(HEADER_BYTES), body]), type);
}

function header(message: Buffer, type: number): Buffer {
  message[0] = type;
  message.writeUInt32BE(message.length - 1, 1);
  return message;
}
