import type { MaskCounts } from '@steno/masking';
import { readable, written } from '../../../masking/encoding.js';
import { addCounts, count } from '../../../masking/masking.js';
import type { Masking } from '../../../masking/masking.js';

const CODE = 'C';
const MESSAGE = 'M';
const DETAIL = 'D';
const CONTEXT = 'W';
/** Hint, internal query: what else a function may have written. */
const SPOKEN: ReadonlySet<string> = new Set([MESSAGE, DETAIL, CONTEXT, 'H', 'q']);
/** Data exceptions quote what could not be read, violations whole rows (Postgres, appendix A). */
const DATA_EXCEPTION = '22';
const VIOLATION = '23';
const WITHHELD = 'Masked: it may quote values.';
const QUOTED = /"[^]*"/;

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
  counts: MaskCounts,
): Buffer | undefined {
  const fields = [...fieldsOf(body)];
  const code = fields.find(({ letter }) => letter === CODE)?.text.toString('latin1') ?? '';
  let isChanged = false;
  const parts: Buffer[] = [];
  for (const { letter, text } of fields) {
    const masked = SPOKEN.has(letter) ? maskSpoken(letter, text, code, { masking, counts }) : text;
    isChanged ||= masked !== text;
    parts.push(Buffer.from(letter, 'latin1'), masked, Buffer.of(0));
  }
  return isChanged ? Buffer.concat([...parts, Buffer.of(0)]) : undefined;
}

function maskSpoken(
  letter: string,
  bytes: Buffer,
  code: string,
  { masking, counts }: { masking: Masking; counts: MaskCounts },
): Buffer {
  const text = readable(bytes);
  const isData = code.startsWith(DATA_EXCEPTION);
  const quotes = isData || code.startsWith(VIOLATION);
  if (quotes && (letter === DETAIL || letter === CONTEXT)) {
    count(counts, 'column');
    return Buffer.from(WITHHELD);
  }
  if (isData && letter === MESSAGE && QUOTED.test(text)) {
    count(counts, 'column');
    return written(text.replace(QUOTED, '"[masked]"'), bytes);
  }
  const masked = masking.text(text);
  if (masked.text === text) return bytes;
  addCounts(counts, masked.counts);
  return written(masked.text ?? '', bytes);
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
