import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import { Transcript, type TranscriptEvent, type TranscriptOptions } from '../src/index.js';

type Facts = NonNullable<MessageInitShape<typeof EnvelopeSchema>['facts']>;
type Content = TranscriptEvent['contents'][number];

export const startedAt = 1_795_318_385_000_000_000n;

/** An event; what is in `contents` is named by its envelope, and so is what has expired. */
export function event(
  position: number,
  facts: Facts,
  contents: readonly Content[] = [],
  expired: readonly string[] = [],
): TranscriptEvent {
  const named = contents.filter(({ kind }, index) => {
    // The pieces of an output are one content of this event and contents of earlier ones.
    return kind !== 'output' || contents.findIndex((other) => other.kind === kind) === index;
  });
  const envelope = create(EnvelopeSchema, {
    identity: 'ci/deploy',
    target: 'orders',
    position: BigInt(position),
    occurredAt: startedAt + BigInt(position) * 1_000_000n,
    contents: [...named.map(({ kind }) => ({ kind })), ...expired.map((kind) => ({ kind }))],
    facts,
  });
  return { envelope, contents };
}

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** A command.submitted of kind query that was allowed. */
export function query(position: number, text: string): TranscriptEvent {
  const value = { kind: 'query', decision: { effect: 'allow' } };
  return event(position, { case: 'commandSubmitted', value }, [
    { kind: 'text', bytes: utf8(text) },
  ]);
}

/** What the events show, without colour unless asked for; the events need not be contiguous. */
export function rendered(
  events: readonly TranscriptEvent[],
  options: Partial<TranscriptOptions> = {},
): string {
  const transcript = new Transcript({
    target: 'orders',
    startedAt,
    colour: false,
    holes: 'ignore',
    ...options,
  });
  const chunks = events.flatMap((each) => transcript.render(each));
  return chunks.map(({ ansi }) => ansi).join('');
}

function int(value: number, bytes: 2 | 4): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >>> ((bytes - 1 - index) * 8)) & 0xff);
}

/** A message in full framing. */
export function message(type: string, body: readonly number[]): Uint8Array {
  return Uint8Array.from([...utf8(type), ...int(body.length + 4, 4), ...body]);
}

export interface ColumnInit {
  readonly name: string;
  readonly type?: number;
  readonly binary?: boolean;
}

export function rowDescription(columns: readonly ColumnInit[]): Uint8Array {
  const fields = columns.flatMap(({ name, type = 25, binary = false }) => [
    ...[...utf8(name), 0, ...int(0, 4), ...int(0, 2), ...int(type, 4)],
    ...[...int(0xffff, 2), ...int(-1, 4), ...int(binary ? 1 : 0, 2)],
  ]);
  return message('T', [...int(columns.length, 2), ...fields]);
}

export function dataRow(cells: readonly (string | Uint8Array | null)[]): Uint8Array {
  const fields = cells.flatMap((cell) => {
    if (cell === null) return int(-1, 4);
    const bytes = typeof cell === 'string' ? utf8(cell) : cell;
    return [...int(bytes.length, 4), ...bytes];
  });
  return message('D', [...int(cells.length, 2), ...fields]);
}

/** The body of an ErrorResponse or NoticeResponse. */
export function errorBody(fields: Readonly<Record<string, string>>): Uint8Array {
  const texts = Object.entries(fields).map(([type, text]) => `${type}${text}\0`);
  return utf8(`${texts.join('')}\0`);
}

/** A Bind message from the parameter formats on. */
export function bindBytes(
  formats: readonly number[],
  values: readonly (string | Uint8Array | null)[],
): Uint8Array {
  const head = [...int(formats.length, 2), ...formats.flatMap((format) => int(format, 2))];
  return Uint8Array.from([...head, ...dataRow(values).subarray(5)]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export type ResponseInit = Extract<
  Parameters<typeof event>[1],
  { case: 'responseCompleted' }
>['value'];

export const sha256 = new Uint8Array(32);

/** A response.completed to the command at the position before. */
export function response(
  position: number,
  value: ResponseInit,
  contents: readonly Content[] = [],
  expired: readonly string[] = [],
): TranscriptEvent {
  const command = BigInt(position - 1);
  const facts = { command, status: 'ok', sha256, durationNs: 2_000_000n, ...value };
  return event(position, { case: 'responseCompleted', value: facts }, contents, expired);
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => dataRow([String(from + index)]));

/** Output of one int4 column n. */
export function table(rows: number) {
  const bytes = joined([rowDescription([{ name: 'n', type: 23 }]), ...numbers(0, rows)]);
  return { bytes, kept: BigInt(bytes.length) };
}

export function lines(text: string): string[] {
  return text.split('\r\n').slice(0, -1);
}
