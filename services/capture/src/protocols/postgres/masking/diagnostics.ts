import { readable, written } from '../../../masking/encoding.js';
import type { MaskTally } from '../../../masking/mask-tally.js';
import type { Masking } from '../../../masking/masking.js';

const CODE = 'C';
const MESSAGE = 'M';
const DETAIL = 'D';
const CONTEXT = 'W';
const INTERNAL_QUERY = 'q';
/** Where in the client's own text something is wrong. */
const POSITION = 'P';
/** Hint and names of objects: what else a function may have written. */
const SPOKEN: ReadonlySet<string> = new Set([
  MESSAGE,
  DETAIL,
  CONTEXT,
  INTERNAL_QUERY,
  ...'Hstcdn',
]);
/** What they say is around the message. */
const AROUND: ReadonlySet<string> = new Set([DETAIL, CONTEXT, INTERNAL_QUERY]);
/** Data exceptions quote what could not be read, violations whole rows (Postgres, appendix A). */
const DATA_EXCEPTION = '22';
const VIOLATION = '23';
/**
 * Others quote values where a function looks something up by one (`value::regclass`), which stands
 * nowhere in the client's text. These do not: notices, what a function raises in its own words, the
 * state of a transaction or of the server, and names that are taken.
 */
const NO_VALUES = /^(?:0[0-2]|2[356]|40|42(?:P0[3-7]|701|723)|53|57|P0)/;
/** It says how long a column may be, and quotes nothing. */
const TOO_LONG = '22001';
const WITHHELD = 'Masked: it may quote values.';
/** What may quote values in a message, and what stands in its place. */
interface Form {
  readonly pattern: RegExp;
  readonly by: string;
}
const QUOTED: Form = { pattern: /"[^]*"/, by: '"[masked]"' };
/** Numbers, and names that were put together, have no quotes. */
const NUMBERS: Form = { pattern: /(?<!\w)\d[\d.:-]*/g, by: '[masked]' };
const NAMED: Form = { pattern: /: .*$/s, by: ': [masked]' };

interface Field {
  readonly letter: string;
  readonly text: Buffer;
}

/**
 * The body of an error or notice with its sensitive values masked; undefined where there are none.
 * What quotes values is withheld, whatever the values look like: a cast that fails tells them.
 */
export function maskDiagnostic(
  body: Buffer,
  masking: Masking,
  tally: MaskTally,
): Buffer | undefined {
  const fields = [...fieldsOf(body)];
  const quoting = quotingOf(fields);
  let isChanged = false;
  const parts: Buffer[] = [];
  for (const { letter, text } of fields) {
    const masked = SPOKEN.has(letter)
      ? maskSpoken(letter, text, quoting, { masking, tally })
      : text;
    isChanged ||= masked !== text;
    parts.push(Buffer.from(letter, 'latin1'), masked, Buffer.of(0));
  }
  return isChanged ? Buffer.concat([...parts, Buffer.of(0)]) : undefined;
}

/** What of an error may quote values, and in which forms its message may. */
interface Quoting {
  readonly around: boolean;
  readonly forms: readonly Form[];
}

function quotingOf(fields: readonly Field[]): Quoting {
  const code = fields.find(({ letter }) => letter === CODE)?.text.toString('latin1') ?? '';
  const isData = code.startsWith(DATA_EXCEPTION);
  const isOwnText = fields.some(({ letter }) => letter === POSITION);
  const isLookup = !isData && !isOwnText && !NO_VALUES.test(code);
  const around = isData || isLookup || code.startsWith(VIOLATION);
  if (isLookup) return { around, forms: [QUOTED, NAMED, NUMBERS] };
  if (!isData) return { around, forms: [] };
  return { around, forms: isOwnText || code === TOO_LONG ? [QUOTED] : [QUOTED, NUMBERS] };
}

function maskSpoken(
  letter: string,
  bytes: Buffer,
  { around, forms }: Quoting,
  { masking, tally }: { masking: Masking; tally: MaskTally },
): Buffer {
  const text = readable(bytes);
  if (around && AROUND.has(letter)) {
    tally.add('column');
    return Buffer.from(WITHHELD);
  }
  const told = letter === MESSAGE ? withheldIn(text, forms) : text;
  if (told !== text) tally.add('column');
  const masked = masking.text(told);
  tally.addAll(masked.counts);
  return masked.text === text ? bytes : written(masked.text ?? '', bytes);
}

function withheldIn(text: string, forms: readonly Form[]): string {
  return forms.reduce((told, { pattern, by }) => told.replace(pattern, by), text);
}

/** {Byte1(letter) String} up to a zero byte, or to the end of what was cut. */
function* fieldsOf(body: Buffer): Iterable<Field> {
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const end = body.indexOf(0, at + 1);
    const stop = end < 0 ? body.length : end;
    yield { letter: body.toString('latin1', at, at + 1), text: body.subarray(at + 1, stop) };
    at = stop + 1;
  }
}
