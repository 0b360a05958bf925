import {
  bindBytes,
  descriptionBytes,
  errorBytes,
  resultBytes,
  rowBytes,
} from './postgres-output.js';
import { StreamFixture } from '@steno/event-store/testing';

export const START = 1_795_000_000_000_000_000n;
export const MS = 1_000_000n;
export const SECOND = 1000n * MS;

export const sessionId = (n: number) => `0199a5c0-0000-7000-8000-${String(n).padStart(12, '0')}`;

const PIECE_BYTES = 32 * 1024;

/** A session as capture would record it, command after command. */
export class RecordedSession extends StreamFixture {
  constructor(
    readonly id: string,
    {
      identity = 'ci/deploy',
      target = 'orders',
      startedAt = START,
      tokenFingerprint = Buffer.alloc(16, 7),
    } = {},
  ) {
    super(`session/${id}`, { identity, target, startedAt });
    const claims = Buffer.from(JSON.stringify({ email: 'ann@example.com' }));
    this.append(
      {
        case: 'sessionOpened',
        value: {
          sessionId: id,
          issuer: 'https://issuer.test',
          subject: identity,
          tokenFingerprint,
          claims: [{ name: 'job_id', value: '42' }],
          protocol: 'postgres',
          database: 'shop',
          source: '127.0.0.1:40000',
          clientProgram: 'psql',
          durability: 'strict',
          origin: 'live',
          capture: 'all',
          tokenExpiresAt: startedAt + 900n * SECOND,
          targetUser: 'shop_bot',
          credentialReference: 'env:SHOP',
        },
      },
      [
        { kind: 'key', bytes: Buffer.alloc(60, 1) },
        { kind: 'claims', bytes: claims },
      ],
    );
  }

  /** The last event that was recorded. */
  get last(): number {
    return this.events.length - 1;
  }

  submit(text: string): number {
    this.now += 10n * MS;
    return this.append(
      {
        case: 'commandSubmitted',
        value: { kind: 'query', decision: { effect: 'allow', rule: 'default' } },
      },
      [{ kind: 'text', bytes: Buffer.from(text) }],
    );
  }

  prepare(name: string, text: string, parameterTypes: number[] = []): number {
    this.now += MS;
    return this.append({ case: 'statementPrepared', value: { name, parameterTypes } }, [
      { kind: 'text', bytes: Buffer.from(text) },
    ]);
  }

  execute(prepared: { position: number; text: string }, values: (string | null)[]): number {
    this.now += 10n * MS;
    return this.append(
      {
        case: 'commandSubmitted',
        value: {
          kind: 'execute',
          parameters: values.length,
          decision: { effect: 'allow', rule: 'default' },
        },
      },
      [
        { kind: 'text', bytes: Buffer.from(prepared.text), heldAt: prepared.position },
        { kind: 'binds', bytes: bindBytes(values) },
      ],
    );
  }

  complete(command: number, tag: string): number {
    this.now += 5n * MS;
    return this.append({
      case: 'responseCompleted',
      value: { command: BigInt(command), status: 'ok', tags: [tag], durationNs: 5n * MS },
    });
  }

  fail(command: number, code: string, text: string): number {
    this.now += 5n * MS;
    return this.append(
      {
        case: 'responseCompleted',
        value: {
          command: BigInt(command),
          status: 'error',
          error: { code, severity: 'ERROR' },
          durationNs: 5n * MS,
        },
      },
      [{ kind: 'error', bytes: errorBytes(code, text) }],
    );
  }

  /**
   * Rows, of which fewer may be kept than came. Of a long output all but its head comes in pieces
   * before the response.
   */
  answer(command: number, columns: string[], rows: string[][], came = rows.length): number {
    const output = resultBytes(columns, rows);
    for (let offset = PIECE_BYTES; offset < output.length; offset += PIECE_BYTES) {
      this.now += MS;
      this.append(
        { case: 'outputCaptured', value: { command: BigInt(command), offset: BigInt(offset) } },
        [{ kind: 'output', bytes: output.subarray(offset, offset + PIECE_BYTES) }],
      );
    }
    this.now += 5n * MS;
    return this.append(
      {
        case: 'responseCompleted',
        value: {
          command: BigInt(command),
          status: 'ok',
          rows: BigInt(came),
          bytes: BigInt(output.length),
          tags: [`SELECT ${came}`],
          durationNs: 5n * MS,
          outputKept: BigInt(output.length),
          ...(came === rows.length
            ? { sha256: Buffer.alloc(32, 2) }
            : { hmac: Buffer.alloc(32, 3) }),
          columns: columns.map((name) => ({ name, type: 25, format: 'text' })),
        },
      },
      [{ kind: 'output', bytes: output.subarray(0, PIECE_BYTES) }],
    );
  }

  /** Rows whose columns the target had described when the statement was prepared. */
  answerAsDescribed(command: number, columns: string[], rows: string[][], heldAt?: number): number {
    this.now += 5n * MS;
    const value = {
      command: BigInt(command),
      status: 'ok',
      rows: BigInt(rows.length),
      tags: [`SELECT ${rows.length}`],
      outputKept: BigInt(rowBytes(rows).length),
    };
    const held = heldAt === undefined ? {} : { heldAt };
    return this.append({ case: 'responseCompleted', value }, [
      { kind: 'output', bytes: rowBytes(rows) },
      { kind: 'description', bytes: descriptionBytes(columns), ...held },
    ]);
  }

  select(text: string, rows: string[][]): number {
    return this.answer(this.submit(text), ['id', 'name'], rows);
  }

  run(text: string, tag: string): number {
    return this.complete(this.submit(text), tag);
  }

  close(reason = 'client-closed'): number {
    this.now += MS;
    return this.append({ case: 'sessionClosed', value: { reason } });
  }
}

/** Rows of a number and some letters. */
export const rowsOf = (count: number, width = 8) =>
  Array.from({ length: count }, (_, n) => [String(n), 'x'.repeat(1 + (n % width))]);

/** Two commands, three seconds apart; it still runs. */
export function shortSession(id: string) {
  const session = new RecordedSession(id);
  session.select('SELECT 1', [['1', 'one']]);
  session.now += 3n * SECOND;
  session.select('SELECT 2', [['2', 'two']]);
  return session;
}
