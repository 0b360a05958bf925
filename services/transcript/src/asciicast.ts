/** Version of the format. */
export type CastVersion = 2 | 3;

export interface CastHeader {
  readonly cols: number;
  readonly rows: number;
  /** Nanoseconds since 1970. */
  readonly startedAt: bigint;
  readonly title: string;
}

const NS_PER_US = 1_000n;
const NS_PER_SECOND = 1_000_000_000n;
const US_PER_SECOND = 1e6;

/**
 * Writes a recording as an asciicast, line by line: version 2
 * (https://docs.asciinema.org/manual/asciicast/v2/), where times count from the start, or 3
 * (https://docs.asciinema.org/manual/asciicast/v3/), where they count from the event before. Times
 * are cut to microseconds, and intervals do not add up their errors. It does NOT look into output:
 * what is hostile in it stays so.
 */
export class CastWriter {
  private lastUs = 0n;
  /** Of a character that lies in two pieces of output. */
  private readonly decoder = new TextDecoder();

  constructor(private readonly version: CastVersion) {}

  header({ cols, rows, startedAt, title }: CastHeader): string {
    const timestamp = Number(startedAt / NS_PER_SECOND);
    const size = this.version === 2 ? { width: cols, height: rows } : { term: { cols, rows } };
    return line({ version: this.version, ...size, timestamp, title });
  }

  /**
   * `t`: nanoseconds from the start, never less than that of what came before. Empty where nothing
   * of it can be shown yet.
   */
  output(t: bigint, bytes: Uint8Array): string {
    const data = this.decoder.decode(bytes, { stream: true });
    return data === '' ? '' : this.event('o', t, data);
  }

  marker(t: bigint, label: string): string {
    return this.event('m', t, label);
  }

  private event(code: 'o' | 'm', t: bigint, data: string): string {
    const us = t / NS_PER_US;
    const time = this.version === 2 ? us : us - this.lastUs;
    this.lastUs = us;
    return line([Number(time) / US_PER_SECOND, code, data]);
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
