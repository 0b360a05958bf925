import { backendType } from '@steno/wire-postgres';
import type { SessionRecorder } from '../../session/recorder.js';
import type { PendingQueue, RunningCommand } from './pending.js';
import type { Quota } from './quotas.js';
import { report } from './report.js';
import type { Refusal } from './report.js';
import { spanOf } from './slab.js';
import type { Span } from './slab.js';

export interface RowLimiterOptions {
  readonly pending: PendingQueue;
  readonly recorder: SessionRecorder;
  readonly gate: { readonly mayLimit: boolean };
  /** Asks the target to give up the command that it is at. */
  readonly cancel: () => void;
}

const { commandComplete, copyData, dataRow, portalSuspended } = backendType;
const NOTHING = spanOf(Buffer.alloc(0));

/**
 * Lets no more rows of a command through than its rules say: it fails for the client, who has so
 * many of them. The target is asked to give the command up; where it had ended already, the error
 * stands in place of its end, and where that would not be true (it changed something, or more
 * follows it) the session ends.
 */
export class RowLimiter {
  /** Why the session has to end. */
  cut: Refusal | undefined;
  private exceeding: RunningCommand | undefined;
  private canceled: RunningCommand | undefined;

  constructor(private readonly options: RowLimiterOptions) {}

  /** Rows have to be looked at. */
  get isOn(): boolean {
    const { gate, pending } = this.options;
    // Rules may be replaced while a command fails by those that were.
    return gate.mayLimit || (this.exceeding !== undefined && pending.head === this.exceeding);
  }

  /** What to say in place of a message; undefined: it stays as it is. */
  instead(type: number): Span | undefined {
    if (type === dataRow || type === copyData) return this.admits() ? undefined : NOTHING;
    const isEnd = type === commandComplete || type === portalSuspended;
    return isEnd && this.exceeding !== undefined ? this.endOf(this.exceeding) : undefined;
  }

  /** A row that comes in parts, of which nothing was passed on. */
  long(type: number): void {
    if (this.instead(type) === NOTHING) this.cut = this.refusal;
  }

  /** After what came last was gone over: a command that goes on giving rows is to be given up. */
  settle(): void {
    const { exceeding } = this;
    if (exceeding === undefined || exceeding === this.canceled) return;
    if (this.options.pending.head !== exceeding) return;
    this.canceled = exceeding;
    this.options.cancel();
  }

  private admits(): boolean {
    const { head } = this.options.pending;
    if (head?.kind !== 'command' || head.quota === undefined) return true;
    if (head.quota.left > 0) {
      head.quota.left -= 1;
      return true;
    }
    if (this.exceeding !== head) this.exceed(head, head.quota);
    return false;
  }

  private exceed(command: RunningCommand, { allowed }: Quota): void {
    const { pending, recorder } = this.options;
    this.exceeding = command;
    recorder.limitReached('rows', allowed.rows, command.position);
    pending.deny(command, report(this.refusal, 'ERROR'));
  }

  private get refusal(): Refusal {
    const { rows, rule } = this.exceeding?.quota?.allowed ?? { rows: 0, rule: '' };
    return { name: 'too-many-rows', detail: `Rule ${rule} allows ${rows} rows.` };
  }

  /** The target has ended a command that is to fail. */
  private endOf(command: RunningCommand): Span | undefined {
    const { pending } = this.options;
    if (pending.head !== command || command.denial === undefined) return undefined;
    const { onlyReads, isSingle } = command.quota?.allowed ?? { onlyReads: false, isSingle: false };
    const isLast = command.endsAt === 'ready' ? isSingle : pending.following?.kind === 'sync';
    if (!onlyReads || !isLast) this.cut = this.refusal;
    return spanOf(command.denial);
  }
}
