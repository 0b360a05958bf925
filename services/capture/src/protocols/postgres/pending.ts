import type { PreparedNote } from '../../session/recorder.js';

/** A statement that the client prepared, for the executions that name it. */
export interface Statement {
  readonly note: PreparedNote;
  readonly name: string;
  /** Body of the RowDescription that described it, once the target told. */
  description: Buffer | undefined;
}

/** What the target still has to answer, in the order in which it was asked. */
export type Pending =
  | RunningCommand
  | { readonly kind: 'parse'; readonly statement: Statement }
  | { readonly kind: 'describe'; readonly statement: Statement | undefined }
  | { readonly kind: 'sync' };

/** A command that was forwarded and whose response is under way. */
export interface RunningCommand {
  readonly kind: 'command';
  /** query and function-call end at ReadyForQuery, execute at its own completion. */
  readonly endsAt: 'ready' | 'complete';
  /** Position of command.submitted. */
  readonly position: number;
  readonly submittedAt: bigint;
  readonly statement: Statement | undefined;
  /** Result format codes of the Bind. */
  readonly resultFormats: Buffer | undefined;
}

/** A first-in first-out queue whose front is taken often; memory is given back as it empties. */
export class PendingQueue {
  private items: (Pending | undefined)[] = [];
  private front = 0;

  get length(): number {
    return this.items.length - this.front;
  }

  get head(): Pending | undefined {
    return this.items[this.front];
  }

  push(item: Pending): void {
    this.items.push(item);
  }

  shift(): Pending | undefined {
    const item = this.items[this.front];
    if (item === undefined) return undefined;
    this.items[this.front] = undefined;
    this.front += 1;
    if (this.front === this.items.length || this.front > 1024) {
      this.items = this.items.slice(this.front);
      this.front = 0;
    }
    return item;
  }

  /** The first command before the next Sync; where an error of a Parse or Bind belongs. */
  commandBeforeSync(): RunningCommand | undefined {
    for (let at = this.front; at < this.items.length; at += 1) {
      const item = this.items[at];
      if (item?.kind === 'sync') return undefined;
      if (item?.kind === 'command') return item;
    }
    return undefined;
  }

  /** Commands still unanswered. */
  *commands(): Iterable<RunningCommand> {
    for (let at = this.front; at < this.items.length; at += 1) {
      const item = this.items[at];
      if (item?.kind === 'command') yield item;
    }
  }
}
