import { setTimeout as delay } from 'node:timers/promises';
import type { BootStream } from '@steno/event-log';
import { targetChanges } from './control-state.js';
import type { ControlState } from './control-state.js';
import type { Target } from './options.js';

const FOLD_POLL_MS = 20;

/** What new sessions may be opened on: the targets as configured, once control says the same. */
export class DeclaredTargets {
  private current: ReadonlyMap<string, Target> = new Map();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly state: ControlState,
    private readonly control: BootStream,
    /** Aborts what waits for the fold. */
    private readonly signal: AbortSignal,
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

  private async change(targets: readonly Target[]): Promise<void> {
    // The fold follows the log: until it has seen what we wrote, we would compare with the past.
    await this.untilFolded();
    const wanted = new Map(targets.map((target) => [target.name, target]));
    for (const facts of targetChanges(this.state.targets, wanted)) this.control.write(facts);
    await this.untilFolded();
    this.current = wanted;
  }

  private async untilFolded(): Promise<void> {
    while (!this.state.hasSeen(this.control.head)) {
      await delay(FOLD_POLL_MS, undefined, { signal: this.signal });
    }
  }
}
