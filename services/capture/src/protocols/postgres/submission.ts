import { authorize } from '@steno/policy';
import type { Authorized, Command, Decision, Hold } from '@steno/policy';
import { NOTHING_CAME } from '@steno/sessions';
import type { Clock, ContentNote, SubmittedFacts } from '@steno/sessions';
import { nameText } from '@steno/wire-postgres';
import type { Redaction } from '../../masking/redaction.js';
import type { Estimable } from '../../approvals/estimate.js';
import type { Outcome, Waiting } from '../../approvals/waiting.js';
import type { CommandTrace, SessionTraces } from '../../session/command-trace.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { RULED_TEXT_BYTES } from '../../session/session-gate.js';
import type { SessionGate } from '../../session/session-gate.js';
import { StatementNotes } from '../../session/statement-notes.js';
import { uuidv7 } from '../../session/uuidv7.js';
import { denialAfter, denialOf, substituteFor } from './denial.js';
import type { DeniableKind } from './denial.js';
import type { PendingQueue, Portal, RunningCommand } from './pending.js';
import { Quotas } from './quotas.js';
import { report } from './report.js';

const NAME_MAX = 128;
/** Of those that a held command runs by name. */
const NAMED_TEXTS_MAX = 16;
const TOO_LONG = 'it is too long to wait for an approval';

/** A command as it is to be ruled on and written down. */
export interface Submission extends Command {
  readonly kind: DeniableKind;
  readonly statementName: string;
  readonly parameters: number;
  readonly endsAt: 'ready' | 'complete';
  readonly portal?: Portal | undefined;
  readonly deallocates?: string | undefined;
  /** Of all statements that it may run; undefined for one that nobody knows. */
  readonly texts: readonly (Buffer | undefined)[];
  readonly values?: Buffer | undefined;
  /** Of what may be estimated; undefined: nothing may. */
  readonly types?: readonly number[] | undefined;
  /** Of the longest text. */
  readonly textBytes: number;
  readonly contents: () => readonly ContentNote[];
}

/** What is to be done with a command that was written down. */
export interface Submitted {
  readonly decision: Decision;
  readonly trace: CommandTrace | undefined;
  /** Of one that is allowed. */
  readonly authorized: Authorized<Command> | undefined;
  /** Of one that is held. */
  readonly held: Omit<Held, 'original'> | undefined;
}

/** A command that waits for people. */
export interface Held {
  readonly command: Submission;
  readonly decision: Decision;
  readonly hold: Hold;
  readonly waiting: Waiting;
  readonly running: RunningCommand;
  /** The message as it came. */
  readonly original: Buffer;
}

interface Decided {
  readonly decision: Decision;
  /** Of a command that is to wait. */
  readonly digest?: Buffer;
  /** What the client is told, where that is not the rule's word. */
  readonly denial?: Buffer;
}

/** What goes to the target of a command that does not wait any more. */
export interface Released {
  readonly piece: Buffer;
  readonly authorized: Authorized<Command> | undefined;
}

export interface SubmitterOptions {
  readonly recorder: SessionRecorder;
  readonly pending: PendingQueue;
  readonly clock: Clock;
  readonly gate: SessionGate;
  readonly redaction: Redaction;
  /** Undefined where nobody traces. */
  readonly traces: SessionTraces | undefined;
}

/** Writes down commands and what was decided on them, and asks people where that is to be. */
export class Submitter {
  private readonly quotas = new Quotas();
  private readonly notes: StatementNotes;

  constructor(private readonly options: SubmitterOptions) {
    this.notes = new StatementNotes(options.redaction);
  }

  /** `isWhole`: nothing of the command is with the target yet. */
  submit(command: Submission, ruled: Decision, isWhole: boolean): Submitted {
    const { recorder, clock, traces } = this.options;
    const trace = traces?.begin(recorder.position, command.kind);
    const { decision, digest, denial } = this.decided(command, ruled, isWhole);
    trace?.decided(decision.effect);
    const submittedAt = clock();
    const approval = digest === undefined ? (decision.approval ?? '') : uuidv7();
    const contents = [...command.contents()];
    if (digest !== undefined) this.alsoTexts(ruled, contents);
    const redacted = this.options.redaction.tally.take();
    const statements = this.notes.of(ruled.does);
    const facts = submittedFacts(command, decision, { approval, redacted, statements });
    const position = recorder.submitted(facts, contents);
    const running: RunningCommand = {
      kind: 'command',
      endsAt: command.endsAt,
      position,
      submittedAt,
      portal: command.portal,
      deallocates: command.deallocates,
      trace,
      denial: decision.effect === 'deny' && isWhole ? (denial ?? denialOf(decision)) : undefined,
      waiting: undefined,
      mask: ruled.mask,
      gives: ruled.gives,
      quota: this.quotas.of(ruled.rows, command.portal),
    };
    const isWithTarget = decision.effect === 'deny' && !isWhole;
    if (!isWithTarget) this.options.pending.push(running);
    const authorized = authorize(command, decision);
    const { hold } = decision;
    if (hold === undefined || digest === undefined) {
      return { decision, trace, authorized, held: undefined };
    }
    const { kind } = command;
    const estimate = this.options.gate.estimate(estimableOf(command), hold);
    const asked = { approvalId: approval, position, kind, decision, hold, digest, estimate };
    const waiting = this.options.gate.approvals.ask(asked);
    running.waiting = waiting;
    return { decision, trace, authorized, held: { command, decision, hold, waiting, running } };
  }

  /** What people are to see besides its own text: those that it runs by name. */
  private alsoTexts({ hold }: Decision, contents: ContentNote[]): void {
    const { recorder, redaction } = this.options;
    for (const text of hold?.executes.slice(0, NAMED_TEXTS_MAX) ?? []) {
      if (text === undefined) continue;
      const kept = redaction.command(Buffer.from(text));
      contents.push(recorder.note('text', kept, contents.length));
    }
  }

  /** That a held command may run, where an approval of the same one still lets it. */
  allowance(command: Submission, ruled: Decision): Decision | undefined {
    return this.options.gate.approvals.allowance(ruled, this.digest(command, ruled));
  }

  /** Writes down what became of a held command. */
  release(held: Held, outcome: Outcome): Released {
    const { word, actor, reason } = outcome;
    const { recorder, pending } = this.options;
    const { command, decision, hold, waiting, running, original } = held;
    const { rule, policyVersion } = decision;
    const { approvalId: approval } = waiting;
    const isAllowed = word === 'granted' || word === 'overridden';
    const effect = isAllowed ? 'allow' : 'deny';
    recorder.decided({
      command: BigInt(running.position),
      decision: { effect, rule, policyVersion, approval },
      outcome: word,
      actor,
      reason,
    });
    if (!isAllowed) {
      pending.deny(running, denialAfter(outcome));
      const piece = substituteFor(command.kind, command.statementName);
      return { piece, authorized: undefined };
    }
    hold.released();
    if (command.kind === 'bind') this.bindGoes(running);
    const allowed: Decision = { effect, rule, policyVersion, reason: '', approval };
    return { piece: original, authorized: authorize(command, allowed) };
  }

  /** The target answers the Bind itself; what there is to wait for is its Execute. */
  private bindGoes(running: RunningCommand): void {
    const { recorder, pending, clock } = this.options;
    pending.remove(running);
    const durationNs = Number(clock() - running.submittedAt);
    const completed = { ...NOTHING_CAME, command: running.position, durationNs };
    recorder.completed({ ...completed, status: 'ok' }, []);
    running.trace?.ended('ok');
  }

  private decided(command: Submission, ruled: Decision, isWhole: boolean): Decided {
    if (ruled.effect !== 'hold') return { decision: ruled };
    const { rule, policyVersion } = ruled;
    if (!isWhole || command.textBytes > RULED_TEXT_BYTES) {
      return { decision: { effect: 'deny', rule, policyVersion, reason: TOO_LONG } };
    }
    const allowance = this.allowance(command, ruled);
    if (allowance !== undefined) return { decision: allowance };
    const { recorder, gate } = this.options;
    const { full } = gate.approvals;
    if (full === undefined) return { decision: ruled, digest: this.digest(command, ruled) };
    recorder.limitReached('waitingPerIdentity', full);
    const reason = `${full} of its commands wait already`;
    const decision: Decision = { effect: 'deny', rule, policyVersion, reason };
    return {
      decision,
      denial: report({ name: 'too-many-waiting', detail: `It has ${full}.` }, 'ERROR'),
    };
  }

  private digest({ kind, texts, values, types }: Submission, ruled: Decision): Buffer {
    return this.options.gate.approvals.digest(ruled, { kind, texts, values, types });
  }
}

/** A text of its own, or the one that a Bind has the values for. */
function estimableOf({ texts, types, values }: Submission): Estimable {
  const [text, ...more] = texts;
  if (types === undefined || more.length > 0) return { text: undefined, types: [] };
  return { text, types, values };
}

/** Written out: to spread what is known into what is new takes longer than all else here. */
function submittedFacts(
  command: Submission,
  decision: Decision,
  found: Pick<SubmittedFacts, 'approval' | 'redacted' | 'statements'>,
): SubmittedFacts {
  return {
    kind: command.kind,
    effect: decision.effect,
    rule: decision.rule,
    policyVersion: decision.policyVersion,
    approval: found.approval,
    statementName: nameText(command.statementName).slice(0, NAME_MAX),
    parameters: command.parameters,
    traceparent: '',
    cause: '',
    redacted: found.redacted,
    statements: found.statements,
  };
}
