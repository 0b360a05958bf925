import type { Decision, SessionRuler, StatementText } from '@steno/policy';
import type { SessionApprovals } from '../approvals/session-approvals.js';

/** Longer texts are not read for policies. */
export const RULED_TEXT_BYTES = 128 * 1024;

/** Rules on the commands of one session. The same for all protocols: it is given texts. */
export class SessionGate {
  constructor(
    private readonly ruler: SessionRuler,
    private readonly sources: { settled(): void },
    /** The target reads a text as it is read here; else it is not known. */
    private readonly isReadable: (text: Buffer) => boolean,
    readonly approvals: SessionApprovals,
  ) {}

  /** Some commands may have to wait for people. */
  get mayHold(): boolean {
    return this.ruler.mayHold;
  }

  /** `texts`: of all statements that a command may run; undefined for one that nobody knows. */
  rule(texts: () => readonly (Buffer | undefined)[]): Decision {
    return this.ruler.rule(() => texts().map((text) => this.asText(text)));
  }

  /** Whether values of these types of the target run nothing that policies do not see. */
  seesTypes(types: readonly number[]): boolean {
    return this.ruler.seesTypes(types);
  }

  private asText(bytes: Buffer | undefined): StatementText {
    if (bytes === undefined || bytes.length > RULED_TEXT_BYTES) return undefined;
    return this.isReadable(bytes) ? bytes.toString('utf8') : undefined;
  }

  /** What the session did up to here is there for all to see. */
  outOfTransaction(): void {
    this.sources.settled();
  }
}
