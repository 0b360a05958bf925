import type { CopiedRows } from '@steno/policy';
import type { MaskTally } from '../../../masking/mask-tally.js';
import type { Masking } from '../../../masking/masking.js';
import { bytesOf, spanOf } from '../slab.js';
import { Cells } from './cells.js';
import { FieldMasker } from './field-masker.js';
import type { FieldPlan } from './field-masker.js';
import { UNTOLD, planTold } from './row-plan.js';

/** PGCOPY\n\377\r\n\0, flags, length of an extension (manual, "COPY", Binary Format). */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const BINARY_HEADER_BYTES = SIGNATURE.length + 8;
const TRAILER = 0xffff;

/**
 * Masks what a COPY sends, of which each message is one row. Where it is not known what the columns
 * are called, and rules go by that, nothing of a row is shown.
 */
export class CopyRows {
  private readonly fields: FieldMasker;
  private readonly plans: readonly FieldPlan[] | undefined;
  private isFirst = true;

  constructor(
    private readonly masking: Masking,
    private readonly tally: MaskTally,
    private readonly copied: CopiedRows | undefined,
    private readonly isBinary: boolean,
  ) {
    this.fields = new FieldMasker(masking, tally);
    this.plans = copied?.columns?.map((column) => planTold(column, masking, isBinary));
  }

  /** The body of a CopyData in place of this one; undefined: it stays. */
  row(body: Buffer): Buffer | undefined {
    const { isFirst } = this;
    this.isFirst = false;
    if (this.isBinary) return this.binaryRow(body, isFirst);
    if (isFirst && this.copied?.hasHeader === true) return undefined;
    const ending = /\r?\n?$/.exec(body.toString('latin1', Math.max(0, body.length - 2)))?.[0] ?? '';
    const line = body.toString('latin1', 0, body.length - ending.length);
    const masked = this.line(line);
    return masked === line ? undefined : Buffer.from(masked + ending, 'latin1');
  }

  private line(line: string): string {
    const { copied } = this;
    if (copied === undefined) {
      if (this.masking.goesByNames) return this.withheld();
      const masked = this.masking.text(line);
      this.tally.addAll(masked.counts);
      return masked.text ?? '';
    }
    const { delimiter } = copied;
    const parts = copied.quote === undefined ? line.split(delimiter) : quotedParts(line, copied);
    if (this.plans !== undefined && this.plans.length !== parts.length) return this.withheld();
    return parts.map((part, index) => this.part(part, index, copied)).join(delimiter);
  }

  private withheld(): string {
    this.fields.withhold();
    return this.copied?.nullText ?? '\\N';
  }

  private part(part: string, index: number, copied: CopiedRows): string {
    if (part === copied.nullText) return part;
    const value = decode(part, copied);
    const changed = this.field(Buffer.from(value, 'latin1'), index);
    if (changed === undefined) return part;
    if (changed === null) return copied.nullText;
    return encode(typeof changed === 'string' ? changed : changed.toString('latin1'), copied);
  }

  /** Of a column that nobody can name, what does not show what it is may be what is masked. */
  private field(
    value: Buffer,
    index: number,
    isKnown = this.plans !== undefined,
  ): Buffer | string | null | undefined {
    const plan = isKnown ? this.plans?.[index] : undefined;
    const changed = this.fields.mask(value, plan ?? planTold(UNTOLD, this.masking, this.isBinary));
    const isOpen = changed === undefined && plan === undefined && this.masking.goesByNames;
    return isOpen ? this.fields.withhold() : changed;
  }

  /** Int16(fields, -1 at the end) {Int32(length or -1) Byte[length]}[fields] */
  private binaryRow(body: Buffer, isFirst: boolean): Buffer | undefined {
    const hasSignature = isFirst && body.subarray(0, SIGNATURE.length).equals(SIGNATURE);
    const start = hasSignature ? BINARY_HEADER_BYTES : 0;
    if (body.length < start + 2 || body.readUInt16BE(start) === TRAILER) return undefined;
    const count = body.readUInt16BE(start);
    const isKnown = this.plans?.length === count;
    const cells = new Cells().begin(spanOf(body), start + 2);
    cells.each(count, (index, source, from, end) =>
      this.field(source.subarray(from, end), index, isKnown),
    );
    // A message is a row, and after the last one the trailer.
    if (!cells.isSound) {
      this.fields.withhold();
      return Buffer.alloc(0);
    }
    const rewritten = cells.rewritten();
    return rewritten && bytesOf(rewritten);
  }
}

/** Text between delimiters that are not within quotes, as it is written. */
function quotedParts(
  line: string,
  { delimiter, quote = '"', escape }: CopiedRows,
): readonly string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let from = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (isQuoted && escape !== quote && line[at] === escape) at += 1;
    else if (line[at] === quote) isQuoted = !isQuoted;
    else if (!isQuoted && line[at] === delimiter) {
      parts.push(line.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(line.slice(from));
  return parts;
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const LETTERS = new Map(Object.entries(ESCAPES).map(([letter, control]) => [control, letter]));

function decode(part: string, { quote, escape }: CopiedRows): string {
  if (quote === undefined) {
    return part.replace(/\\([^])/g, (_pair, next: string) => ESCAPES[next] ?? next);
  }
  if (!part.startsWith(quote)) return part;
  const inside = part.slice(1, -1);
  return inside.replaceAll(`${escape}${quote}`, quote).replaceAll(`${escape}${escape}`, escape);
}

function encode(value: string, { quote, escape, delimiter }: CopiedRows): string {
  if (quote !== undefined) {
    const doubled = escape === quote ? value : value.replaceAll(escape, escape + escape);
    return quote + doubled.replaceAll(quote, escape + quote) + quote;
  }
  let encoded = '';
  for (const character of value) {
    const letter = character === '\\' || character === delimiter ? character : undefined;
    const escaped = LETTERS.get(character) ?? letter;
    encoded += escaped === undefined ? character : `\\${escaped}`;
  }
  return encoded;
}
