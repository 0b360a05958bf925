import { isUtf8 } from 'node:buffer';
import type { Decision, SessionRuler, StatementText } from '@steno/policy';
import type { SessionApprovals } from '../approvals/session-approvals.js';

/** Longer texts are not read for policies. */
export const RULED_TEXT_BYTES = 128 * 1024;

/** Rules on the commands of one session. The same for all protocols: it is given texts. */
export class SessionGate {
  constructor(
    private readonly ruler: SessionRuler,
    private readonly sources: { settled(): void },
    /** The target reads texts as they are read here; else none is known. */
    private readonly isReadable: boolean,
    readonly approvals: SessionApprovals,
  ) {}

  /** Some commands may have to wait for people. */
  get mayHold(): boolean {
    return this.ruler.mayHold;
  }

  /** `texts`: of all statements that a command may run; undefined for one that nobody knows. */
  rule(texts: () => readonly (Buffer | undefined)[]): Decision {
    return this.ruler.rule(() =>
      texts().map((text) => (this.isReadable ? asText(text) : undefined)),
    );
  }

  /** What the session did up to here is there for all to see. */
  outOfTransaction(): void {
    this.sources.settled();
  }
}

/** Bytes that are not UTF-8 mean to the target what nobody here knows. */
function asText(bytes: Buffer | undefined): StatementText {
  if (bytes === undefined || bytes.length > RULED_TEXT_BYTES || !isUtf8(bytes)) return undefined;
  return bytes.toString('utf8');
}
