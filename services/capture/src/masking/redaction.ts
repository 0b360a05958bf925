import { MaskStream, redactCommand } from '@steno/masking';
import type { ValueType } from '@steno/masking';
import { bothMasks } from '@steno/policy';
import type { MaskTerms } from '@steno/policy';
import { readable, written } from './encoding.js';
import { MaskTally } from './mask-tally.js';
import type { Masking, Maskings } from './masking.js';

/** What opens something is not written down, whatever policies say. */
const SECRETS: readonly ValueType[] = [
  'password',
  'connection-string',
  'private-key',
  'cloud-key',
  'vcs-token',
  'jwt',
  'authorization',
];
const SECRET_TERMS: MaskTerms = {
  types: new Map(SECRETS.map((type) => [type, 'token'])),
  columns: [],
};
/** Without any of these a text in SQL has no literal, comment or bare password. */
const MAY_HOLD = /['"]|--|\/\*|\$\w*\$|identified/i;

/**
 * Replaces what is sensitive in what a client sends, in the record alone: the target gets it as it
 * is. It knows texts, no protocol.
 */
export class Redaction {
  private readonly secrets: Masking;
  /** What was replaced. */
  readonly tally = new MaskTally();
  private of: MaskTerms | undefined;
  private both: Masking;

  constructor(
    private readonly maskings: Maskings,
    /** All that was to be masked in the session so far. */
    private readonly session: { readonly mask: MaskTerms | undefined },
  ) {
    this.secrets = maskings.by(SECRET_TERMS);
    this.both = this.secrets;
  }

  /** By which values are replaced: secrets, and what policies mask in the session. */
  get masking(): Masking {
    const { mask } = this.session;
    if (mask !== this.of) {
      this.of = mask;
      this.both = mask ? this.maskings.by(bothMasks(SECRET_TERMS, mask)) : this.secrets;
    }
    return this.both;
  }

  /** The text of a command; the same bytes where there is nothing in it. */
  command(bytes: Buffer): Buffer {
    const { masking } = this;
    const text = readable(bytes);
    if (masking === this.secrets && !MAY_HOLD.test(text)) return bytes;
    const redacted = redactCommand(text, masking, masking.tokens);
    if (redacted.text === text) return bytes;
    this.tally.addAll(redacted.counts);
    return written(redacted.text, bytes);
  }

  /**
   * A statement without its literals: what is left in names. It is not counted, since the text that
   * it is of is.
   */
  shape(text: string): string {
    const { masking } = this;
    if (masking === this.secrets && !MAY_HOLD.test(text)) return text;
    return redactCommand(text, masking, masking.tokens).text;
  }

  /** For data that a client sends along; undefined where policies mask nothing. */
  stream(): MaskStream | undefined {
    if (this.session.mask === undefined) return undefined;
    return new MaskStream(this.masking, this.masking.tokens);
  }
}
