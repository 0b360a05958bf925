import { setTimeout as delay } from 'node:timers/promises';
import type { BootStream } from '@steno/event-log';
import { isDeclared, targetChanges } from './control-state.js';
import type { ControlState } from './control-state.js';
import type { Target } from './options.js';

const FOLD_POLL_MS = 20;
/** How long a start waits for the log to say what it was told. */
const START_MS = 5_000;

type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

interface Folding {
  readonly state: ControlState;
  readonly control: BootStream;
  /** Aborts what waits for the fold. */
  readonly signal: AbortSignal;
}

/** Resolves when control says all that was written to it here; rejects when the signal aborts. */
export async function untilFolded({ state, control, signal }: Folding): Promise<void> {
  while (!state.hasSeen(control.head)) await delay(FOLD_POLL_MS, undefined, { signal });
}

/** What new sessions may be opened on: the targets as configured, once control says the same. */
export class DeclaredTargets implements Folding {
  private current: ReadonlyMap<string, Target> = new Map();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly state: ControlState,
    readonly control: BootStream,
    readonly signal: AbortSignal,
  ) {}

  get(name: string): Target | undefined {
    return this.current.get(name);
  }

  /**
   * Appends what differs from what control says and goes by it once control says it; sessions that
   * run keep the target that they were opened on. While the log takes nothing it waits: what was
   * written will be said sooner or later. Rejects when the signal aborts.
   */
  declare(targets: readonly Target[]): Promise<void> {
    const turn = this.turn.then(() => this.change(targets));
    this.turn = turn.catch(() => undefined); // the caller sees the failure; the next starts afresh
    return turn;
  }

  /**
   * As `declare`, at the start: where the log takes too long, it begins with those targets that the
   * fold has as they are configured, and the others follow.
   */
  async declaredAtStart(targets: readonly Target[], warn: Warn): Promise<void> {
    const patience = new AbortController();
    const late = delay(START_MS, 'late' as const, { signal: patience.signal });
    const declared = this.declare(targets);
    const first = await Promise.race([declared, late]).finally(() => {
      late.catch(() => undefined);
      patience.abort();
    });
    if (first !== 'late') return;
    const known = targets.filter((target) => isDeclared(this.state.targets, target));
    this.current = new Map(known.map((target) => [target.name, target]));
    const others = targets.filter((target) => !known.includes(target)).map(({ name }) => name);
    warn('started without the log, by what was last known of control', { notYet: others });
    declared.catch(() => undefined); // it ends with this process
  }

  private async change(targets: readonly Target[]): Promise<void> {
    // The fold follows the log: until it has seen what we wrote, we would compare with the past.
    await untilFolded(this);
    const wanted = new Map(targets.map((target) => [target.name, target]));
    for (const facts of targetChanges(this.state.targets, wanted)) this.control.write(facts);
    await untilFolded(this);
    this.current = wanted;
  }
}
