import type { Given, MaskTerms, StatementText } from '@steno/policy';
import type { Waiting } from '../../approvals/waiting.js';
import type { CommandTrace } from '../../session/command-trace.js';
import type { PreparedNote } from '../../session/recorder.js';
import type { Candidates, Naming } from './names.js';
import type { Quota } from './quotas.js';
import type { Described } from './row-descriptions.js';

/** A statement that the client prepared, for the executions that name it. */
export interface Statement {
  readonly note: PreparedNote;
  /** As it came; undefined where it is too long, or types of its parameters run something. */
  readonly text: Buffer | undefined;
  /** As the target read it when it was prepared; undefined where that is not known. */
  readonly read: StatementText | undefined;
  /** Of its parameters, as far as the client said; undefined where they are too many. */
  readonly types: readonly number[] | undefined;
  /** The columns that its parameters stand for, by number; undefined: nobody knows of any. */
  readonly parameters: ReadonlyMap<number, string> | undefined;
  /** By the Describe of the statement, once the target told. */
  described: Described | undefined;
}

/** A statement with its values, ready to run. */
export interface Portal {
  readonly statementName: string;
  readonly statements: Candidates<Statement>;
  readonly parameters: number;
  /** Of the Bind: parameter formats and values. */
  readonly values: Buffer;
  /** Result format codes of the Bind; undefined where all are text. */
  readonly resultFormats: Buffer | undefined;
  /** By the Describe of the portal or its first rows. */
  described: Described | undefined;
  /** The approval that its Bind waits for, or got: without it there is no such portal. */
  approval: string | undefined;
  /** Rows that its executions may give together. */
  quota: Quota | undefined;
}

/** A Describe that was forwarded; of nothing where the client named what is not there. */
export interface Describing {
  readonly kind: 'describe';
  readonly statement: Statement | undefined;
  readonly portal: Portal | undefined;
}

/** What the target still has to answer, in the order in which it was asked. */
export type Pending =
  | RunningCommand
  | Naming<Statement>
  | Naming<Portal>
  | Describing
  | { readonly kind: 'sync' }
  /** CopyDone or CopyFail: nobody answers it, but it ends what a COPY reads by itself. */
  | { readonly kind: 'copy-end' }
  /** A message that only an error can answer. */
  | { readonly kind: 'unreadable' };

/** A command that was forwarded and whose response is under way. */
export interface RunningCommand {
  readonly kind: 'command';
  /** query and function-call end at ReadyForQuery, execute at its own completion. */
  readonly endsAt: 'ready' | 'complete';
  /** Position of command.submitted. */
  readonly position: number;
  readonly submittedAt: bigint;
  readonly portal: Portal | undefined;
  /** Name of the statement that it frees by SQL. */
  readonly deallocates: string | undefined;
  readonly trace: CommandTrace | undefined;
  /**
   * What the client is told in place of the error that the target is made to answer with: the
   * command was denied, and never reached it.
   */
  denial: Buffer | undefined;
  /** It has not been forwarded: people are asked first. */
  waiting: Waiting | undefined;
  /** What is masked in its rows. */
  readonly mask: MaskTerms | undefined;
  /** What is known of its rows, by statement. */
  readonly gives: readonly Given[] | undefined;
  /** Rows that it may give; undefined: any number. */
  readonly quota: Quota | undefined;
}

export function isNaming(item: Pending): item is Naming<Statement> | Naming<Portal> {
  return item.kind === 'parse' || item.kind === 'bind' || item.kind === 'close';
}

/** Where the text stands of what an error without a command is about. */
export function preparedAt(item: Pending): number | undefined {
  let statement: Statement | undefined;
  if (item.kind === 'describe') statement = item.statement ?? item.portal?.statements[0];
  else if (isNaming(item) && item.value !== undefined) {
    statement = 'note' in item.value ? item.value : item.value.statements[0];
  }
  return statement?.note.position;
}

function isDenied(item: Pending): boolean {
  return item.kind === 'command' && item.denial !== undefined;
}

/** The rows of a portal come next after its description. */
export function isNext(next: Pending | undefined, { portal }: Describing): boolean {
  return portal !== undefined && next?.kind === 'command' && next.portal === portal;
}

/** Whether ReadyForQuery answers it. */
export function endsAtReady(item: Pending): boolean {
  return item.kind === 'sync' || (item.kind === 'command' && item.endsAt === 'ready');
}

/** So many places at the front may be empty, however short the queue is. */
const TAKEN_MIN = 64;

/** A first-in first-out queue whose front is taken often; memory is given back as it empties. */
export class PendingQueue {
  private items: (Pending | undefined)[] = [];
  private front = 0;
  private denied = 0;

  /** An error that will come is to be told otherwise. */
  get hasDenied(): boolean {
    return this.denied > 0;
  }

  get length(): number {
    return this.items.length - this.front;
  }

  get head(): Pending | undefined {
    return this.items[this.front];
  }

  /** Behind the head. */
  get following(): Pending | undefined {
    return this.items[this.front + 1];
  }

  push(item: Pending): void {
    if (isDenied(item)) this.denied += 1;
    this.items.push(item);
  }

  /** A command that waited is denied after all. */
  deny(command: RunningCommand, denial: Buffer): void {
    if (!this.items.includes(command, this.front)) return;
    command.denial = denial;
    this.denied += 1;
  }

  /** Takes out what the target will not answer. */
  remove(item: Pending): void {
    const at = this.items.indexOf(item, this.front);
    if (at !== -1) this.items.splice(at, 1);
  }

  shift(): Pending | undefined {
    const item = this.items[this.front];
    if (item === undefined) return undefined;
    if (isDenied(item)) this.denied -= 1;
    this.items[this.front] = undefined;
    this.front += 1;
    if (this.front > TAKEN_MIN && this.front * 2 > this.items.length) {
      this.items = this.items.slice(this.front);
      this.front = 0;
    }
    return item;
  }

  /** Ends of input that no COPY read: the target says nothing of them. */
  skipCopyEnds(): void {
    while (this.head?.kind === 'copy-end') this.shift();
  }

  has(kind: Pending['kind']): boolean {
    for (let at = this.front; at < this.items.length; at += 1) {
      if (this.items[at]?.kind === kind) return true;
    }
    return false;
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

  /** The command that was sent last, of those still unanswered. */
  lastCommand(): RunningCommand | undefined {
    for (let at = this.items.length - 1; at >= this.front; at -= 1) {
      const item = this.items[at];
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
