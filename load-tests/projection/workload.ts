import {
  BatchWriter,
  EventStream,
  SessionKey,
  commandSubmitted,
  encodeColumns,
  ProtoWriter,
  responseCompleted,
  systemClock,
} from '@steno/sessions';
import type { ContentNote, EncodedBatch } from '@steno/sessions';

export const SESSIONS = 64;
const TEXT = Buffer.from('SELECT id, status, total FROM orders WHERE customer = 4711 AND open');
const OUTPUT = Buffer.alloc(240, 'D');

const SUBMITTED = commandSubmitted({
  kind: 'query',
  effect: 'allow',
  rule: 'no-policy',
  policyVersion: '',
  approval: '',
  statementName: '',
  parameters: 0,
  traceparent: '',
  cause: '',
  redacted: [],
});

const COLUMNS = encodeColumns(new ProtoWriter(256), [
  { name: 'id', type: 23, format: 'text' },
  { name: 'status', type: 25, format: 'text' },
]);

/** Sessions at work: each command is two events, with its text and its output. */
export class Workload {
  readonly streamNames: readonly string[];
  private readonly streams: readonly EventStream[];
  private readonly key = SessionKey.generate();
  private readonly batch = new BatchWriter();
  private turn = 0;

  constructor(boot: string) {
    const origin = {
      installation: '0123456789abcdef0123456789abcdef',
      tenant: 'default',
      instance: 'capture',
      boot,
      clock: systemClock(),
      counter: { emitted: 0 },
      attest: () => new Uint8Array(),
      sign: undefined,
    };
    this.streamNames = Array.from({ length: SESSIONS }, (_, n) => {
      const last = String(n).padStart(12, '0');
      return `session/01a2022c-34d3-79cf-${boot.slice(0, 4)}-${last}`;
    });
    this.streams = this.streamNames.map((name, n) => {
      const of = { identity: `ci/deploy-${n % 8}`, target: 'orders' };
      return new EventStream(origin, name, of);
    });
  }

  /** A batch of the commands of some sessions, one each. */
  commands(count: number): EncodedBatch {
    for (let n = 0; n < count; n += 1) this.command();
    return this.batch.take();
  }

  private command(): void {
    const stream = this.streams[this.turn % this.streams.length];
    if (stream === undefined) throw new Error('no sessions');
    this.turn += 1;
    const { position } = stream.append(this.batch, SUBMITTED, [this.note('text', TEXT)]);
    const completed = responseCompleted({
      command: position,
      status: 'ok',
      errorCode: '',
      errorSeverity: '',
      rows: 3,
      rowsAffected: 0,
      bytes: OUTPUT.length,
      durationNs: 1_234_567,
      columns: COLUMNS,
      columnsLeftOut: 0,
      sha256: 'ab'.repeat(32),
      hmac: '',
      tags: ['SELECT 3'],
      masked: [],
      inputRedacted: [],
      outputKept: OUTPUT.length,
      inputBytes: 0,
      inputSha256: '',
      inputHmac: '',
      notices: 0,
    });
    stream.append(this.batch, completed, [this.note('output', OUTPUT)]);
  }

  private note(kind: 'text' | 'output', bytes: Buffer): ContentNote {
    return { kind, length: bytes.length, commitment: this.key.commit(kind, bytes), bytes };
  }
}
