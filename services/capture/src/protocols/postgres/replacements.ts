import type { CaptureLimits } from '../../options.js';
import { denialInPlaceOf } from './denial.js';
import type { ResponseMasker } from './masking/response-masker.js';
import type { Refusal } from './report.js';
import { RowLimiter } from './row-limits.js';
import type { RowLimiterOptions } from './row-limits.js';
import type { Span } from './slab.js';

/** Why a session has to end, and the limit that was hit, if one was. */
export interface Cut {
  readonly refusal: Refusal;
  readonly limit?: { readonly name: string; readonly value: number };
}

export interface ReplacementsOptions extends RowLimiterOptions {
  readonly masker: ResponseMasker;
  readonly limits: Pick<CaptureLimits, 'maskedMessageBytes'>;
}

/** What the client is told in place of what the target says: errors of ours, masked rows, none. */
export class Replacements {
  /** Rows may be replaced or left out. */
  ofRows = false;
  private isMasking = false;
  private isLimiting = false;
  private tooLong: Cut | undefined;
  private readonly limiter: RowLimiter;

  constructor(private readonly options: ReplacementsOptions) {
    this.limiter = new RowLimiter(options);
  }

  /** Before a chunk is looked at: what is replaced may change by then. */
  begin(): void {
    this.isMasking = this.options.masker.isOn;
    this.isLimiting = this.limiter.isOn;
    this.ofRows = this.isMasking || this.isLimiting;
  }

  /** After a chunk. */
  end(): void {
    this.limiter.settle();
  }

  /** Any message may be replaced. */
  get isOn(): boolean {
    return this.ofRows || this.options.pending.hasDenied;
  }

  /** The longest message that has to be seen whole; undefined: none has to. */
  get wholeBytes(): number | undefined {
    return this.isMasking ? this.options.limits.maskedMessageBytes : undefined;
  }

  get cut(): Cut | undefined {
    const { cut } = this.limiter;
    return cut === undefined ? this.tooLong : { refusal: cut };
  }

  /** What to say in place of a message, header included, of whose body it is told. */
  instead(type: number, body: Span): Span | undefined {
    const { masker, pending } = this.options;
    const denial = denialInPlaceOf(type, body, pending);
    if (denial !== undefined) return denial;
    const limited = this.isLimiting ? this.limiter.instead(type) : undefined;
    return limited ?? (this.isMasking ? masker.instead(type, body) : undefined);
  }

  /** Of a message that comes in parts: whether none of them may go on. */
  withholds(type: number, bytes: number): boolean {
    const { masker, limits } = this.options;
    this.limiter.long(type);
    if (masker.mayMask(type)) {
      const detail = `A message of ${bytes} bytes.`;
      this.tooLong ??= {
        refusal: { name: 'too-long-to-mask', detail },
        limit: { name: 'maskedMessage', value: limits.maskedMessageBytes },
      };
    }
    return this.cut !== undefined;
  }
}
