import type { Decision } from '@steno/policy';
import type { ApprovalDesk, Asker, HeldCommand, HeldContent } from './approval-desk.js';
import type { Waiting } from './waiting.js';

/** What people are asked about the commands of one session. */
export class SessionApprovals {
  constructor(
    private readonly desk: ApprovalDesk,
    private readonly asker: Asker,
  ) {}

  /** Tells a command from all others. */
  digest(decision: Decision, content: HeldContent): Buffer {
    return this.desk.digest(this.asker, decision, content);
  }

  /**
   * That a held command may run, where an approval of the same one still lets it. Where names lead
   * elsewhere than in other sessions the same text is not the same command.
   */
  allowance(decision: Decision, digest: Buffer): Decision | undefined {
    const { rule, policyVersion, reason, hold } = decision;
    if (hold?.hasOwnMeaning === true) return undefined;
    const approval = this.desk.windowFor(digest)?.request.approvalId;
    if (approval === undefined) return undefined;
    return { effect: 'allow', rule, policyVersion, reason, approval };
  }

  /** How many commands its identity may have waiting, where it has as many; else undefined. */
  get full(): number | undefined {
    return this.desk.fullFor(this.asker);
  }

  ask(command: HeldCommand): Waiting {
    return this.desk.ask(this.asker, command);
  }
}
