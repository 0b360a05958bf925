import { isUtf8 } from 'node:buffer';
import type {
  Glance,
  KeyNames,
  Masked as MaskedText,
  Token,
  TokenType,
  TypeTokens,
} from '@steno/masking';
import type { MaskForm } from '@steno/policy';
import { isPlain, readable, written } from '../../../masking/encoding.js';
import type { MaskTally } from '../../../masking/mask-tally.js';
import type { Masking } from '../../../masking/masking.js';
import { binaryNumberText } from './binary-numbers.js';
import { bytesOf, spanOf } from '../slab.js';
import { Cells } from './cells.js';
import type { Changed } from './cells.js';
import { holdingOf } from './field-types.js';
import type { Holding } from './field-types.js';

type Masked = Exclude<Changed, Token>;

/** What is known of a field before its value is. */
export interface FieldPlan {
  /** 0: not known. */
  readonly typeOid: number;
  readonly holding: Holding;
  readonly isBinary: boolean;
  /** That detectors are told. */
  readonly name: string | undefined;
  /** The whole value is masked, in this form. */
  readonly whole: MaskForm | undefined;
  /** What a token of the whole value is called. */
  readonly token: TokenType;
  /** Tokens of values that are whole, where they are masked by tokens. */
  readonly tokens: TypeTokens | undefined;
  /** For values that are not masked whole anyway. */
  readonly glance: Glance;
  /** It is no column of a table as it stands there. */
  readonly isComputed: boolean;
  /** Of computed JSON with a value that is masked whatever it looks like, under any key. */
  readonly keys: KeyNames | undefined;
}

const JSONB_VERSION = 1;
const BRACES: ReadonlySet<number> = new Set(Buffer.from('{([<"'));
/** Longer JSON is searched as plain text, which may leave what is none. */
const JSON_READ_MAX = 256 * 1024;
const ARRAY_HEADER_BYTES = 12;
const DIMENSION_BYTES = 8;
const DIMENSIONS_MAX = 6;
/** Type and length before a value of a record. */
const RECORD_HEAD_BYTES = 8;

/** Masks fields of Postgres by their type and format, so that clients can still read them. */
export class FieldMasker {
  constructor(
    private readonly masking: Masking,
    private readonly tally: MaskTally,
  ) {}

  /** A value that lies in a source; of most, which are short texts, no copy is made. */
  maskAt(source: Buffer, start: number, end: number, plan: FieldPlan): Changed {
    if (plan.holding !== 'text') return this.mask(source.subarray(start, end), plan);
    const { whole, tokens } = plan;
    const glanced = whole === undefined ? plan.glance.at(source, start, end) : 'whole';
    if (glanced === 'nothing') return undefined;
    if (glanced === 'whole' && tokens !== undefined) {
      const token = tokens.ofBytes(source, start, end);
      if (token !== undefined) {
        this.tally.addAt(tokens.place);
        return token;
      }
    }
    if (whole === undefined && isPlain(source, start, end)) {
      const masked = this.found(source.toString('latin1', start, end), plan.name);
      return masked && (masked.text ?? null);
    }
    return this.mask(source.subarray(start, end), plan);
  }

  mask(bytes: Buffer, plan: FieldPlan): Masked {
    if (plan.whole !== undefined) return this.whole(bytes, plan, plan.whole);
    if (plan.isBinary) return this.binary(bytes, plan);
    switch (plan.holding) {
      case 'never':
        return undefined;
      case 'number':
        return this.nullIfFound(bytes.toString('latin1'), plan);
      case 'bytes':
        return this.hexText(bytes, plan);
      case 'json':
      case 'jsonb':
        return this.json(bytes, plan);
      default:
        return this.text(bytes, plan);
    }
  }

  /** Nothing is known of it but that it must not be seen. */
  withhold(): null {
    this.tally.add('column');
    return null;
  }

  private whole(bytes: Buffer, plan: FieldPlan, form: MaskForm): Masked {
    const { token: type, holding, isBinary } = plan;
    this.tally.add(type);
    const isVersioned = isBinary && holding === 'jsonb';
    const token = this.masking.wholeToken(
      form,
      type,
      readable(isVersioned ? bytes.subarray(1) : bytes),
    );
    if (token === undefined) return null;
    if (holding === 'text' || (holding === 'own' && isText(bytes) && mayStand(plan, bytes))) {
      return isPlain(bytes) ? token : Buffer.from(token);
    }
    if (holding === 'bytes') return isBinary ? Buffer.from(token) : asHex(Buffer.from(token));
    if (holding !== 'json' && holding !== 'jsonb') return null;
    const json = Buffer.from(JSON.stringify(token));
    return isVersioned ? Buffer.concat([Buffer.of(JSONB_VERSION), json]) : json;
  }

  private binary(bytes: Buffer, plan: FieldPlan): Masked {
    switch (plan.holding) {
      case 'never':
        return undefined;
      case 'text':
        return this.text(bytes, plan);
      case 'json':
        return this.json(bytes, plan);
      case 'jsonb': {
        if (bytes[0] !== JSONB_VERSION) return this.opaque(bytes, plan);
        const json = this.json(bytes.subarray(1), plan);
        return json && Buffer.concat([bytes.subarray(0, 1), json]);
      }
      case 'number': {
        const text = binaryNumberText(plan.typeOid, bytes);
        return text === undefined ? undefined : this.nullIfFound(text, plan);
      }
      case 'array':
        return this.array(bytes, plan);
      case 'record':
        return this.record(bytes, plan);
      case 'bytes':
      case 'own':
        return this.opaque(bytes, plan);
    }
  }

  private text(bytes: Buffer, plan: FieldPlan): Masked {
    const masked = this.found(readable(bytes), plan.name);
    if (masked === undefined) return undefined;
    if (masked.text === undefined) return null;
    if (masked.isWhole && !mayStand(plan, bytes)) return null;
    return isPlain(bytes) ? masked.text : written(masked.text, bytes);
  }

  /** What is masked of a text, which is counted; undefined where that is nothing. */
  private found(text: string, name: string | undefined): MaskedText | undefined {
    return this.counted(text, this.masking.text(text, name));
  }

  private counted(text: string, masked: MaskedText): MaskedText | undefined {
    if (masked.text === text) return undefined;
    this.tally.addAll(masked.counts);
    return masked;
  }

  /** Under a key, so that whatever it is it is read and written as JSON. */
  private json(bytes: Buffer, plan: FieldPlan): Buffer | null | undefined {
    const { name, isComputed, keys } = plan;
    const opening = `{${JSON.stringify(isComputed && !keys ? (name ?? '') : '')}:`;
    const text = `${opening}${readable(bytes)}}`;
    // What is made of a row names the columns by itself.
    const masked = keys
      ? this.counted(text, this.masking.json(text, keys))
      : this.found(text, isComputed ? undefined : name);
    if (masked === undefined) return undefined;
    const json = jsonOf(masked, opening);
    return json === undefined ? null : written(json, bytes);
  }

  private hexText(bytes: Buffer, plan: FieldPlan): Masked {
    const text = bytes.toString('latin1');
    if (!text.startsWith('\\x')) return this.nullIfFound(text, plan);
    const changed = this.opaque(Buffer.from(text.slice(2), 'hex'), plan);
    return changed === undefined || changed === null ? changed : asHex(Buffer.from(changed));
  }

  /** Text where it looks like it; else bytes of which nothing can be put in the place of a part. */
  private opaque(bytes: Buffer, plan: FieldPlan): Masked {
    return isText(bytes)
      ? this.text(bytes, plan)
      : this.nullIfFound(bytes.toString('latin1'), plan);
  }

  private nullIfFound(text: string, { name }: FieldPlan): Masked {
    return this.found(text, name) && null;
  }

  /** Int32(dimensions) Int32(has null) Int32(type) {Int32 Int32}[dimensions], then the elements. */
  private array(bytes: Buffer, plan: FieldPlan): Masked {
    if (bytes.length < ARRAY_HEADER_BYTES) return this.withhold();
    const dimensions = bytes.readInt32BE(0);
    const start = ARRAY_HEADER_BYTES + dimensions * DIMENSION_BYTES;
    const isSane = dimensions >= 0 && dimensions <= DIMENSIONS_MAX && start <= bytes.length;
    if (!isSane) return this.withhold();
    let count = dimensions === 0 ? 0 : 1;
    for (let at = ARRAY_HEADER_BYTES; at < start; at += DIMENSION_BYTES) {
      count *= bytes.readInt32BE(at);
    }
    const element = { ...plan, ...typeOf(bytes.readUInt32BE(8)) };
    const cells = new Cells().begin(spanOf(bytes), start);
    cells.each(count, (_, source, from, end) => this.mask(source.subarray(from, end), element));
    if (!cells.isAll) return this.withhold();
    const span = cells.rewritten();
    const rewritten = span && bytesOf(span);
    if (cells.hasNewNull) rewritten?.writeInt32BE(1, 4);
    return rewritten;
  }

  /** Int32(fields) {Int32(type) Int32(length or -1) Byte[length]}[fields] */
  private record(bytes: Buffer, plan: FieldPlan): Masked {
    if (bytes.length < 4) return this.withhold();
    const cells = new Cells({ before: 4 }).begin(spanOf(bytes), 4);
    cells.each(bytes.readUInt32BE(0), (_, source, from, end) => {
      const typed = typeOf(source.readUInt32BE(from - RECORD_HEAD_BYTES));
      return this.mask(source.subarray(from, end), { ...plan, ...typed });
    });
    if (!cells.isAll) return this.withhold();
    const rewritten = cells.rewritten();
    return rewritten && bytesOf(rewritten);
  }
}

function typeOf(typeOid: number): Pick<FieldPlan, 'typeOid' | 'holding'> {
  return { typeOid, holding: holdingOf(typeOid) };
}

/** Whether any text may stand where the value does. */
function mayStand({ holding }: FieldPlan, bytes: Buffer): boolean {
  if (holding === 'own') return !BRACES.has(bytes[0] ?? 0);
  return holding !== 'array' && holding !== 'record';
}

function jsonOf({ text, isWhole }: MaskedText, opening: string): string | undefined {
  if (text === undefined) return undefined;
  if (isWhole) return JSON.stringify(text);
  if (!text.startsWith(opening)) return undefined;
  const json = text.slice(opening.length, -1);
  if (json.length <= JSON_READ_MAX) return json;
  try {
    JSON.parse(json);
    return json;
  } catch {
    return undefined;
  }
}

function asHex(bytes: Buffer): Buffer {
  return Buffer.from(`\\x${bytes.toString('hex')}`);
}

function isText(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) return false;
  return true;
}
