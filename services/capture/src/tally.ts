/** Totals since the start. */
export interface TallyFigures {
  readonly sessionsTotal: number;
  /** Commands that were recorded, by the effect of their decision. */
  readonly commands: ReadonlyMap<string, number>;
  /** By the name of the error that the client was told. */
  readonly refusals: ReadonlyMap<string, number>;
  /** By the name of the limit. */
  readonly limits: ReadonlyMap<string, number>;
}

/** What a capture has done: counted where it happens, read when somebody asks. */
export class Tally implements TallyFigures {
  sessionsTotal = 0;
  /** What has not happened yet is there as well, so that its rate is known from the start. */
  readonly commands = new Map([
    ['allow', 0],
    ['deny', 0],
    ['hold', 0],
  ]);
  readonly refusals = new Map<string, number>();
  readonly limits = new Map<string, number>();

  ruled(effect: string): void {
    this.commands.set(effect, (this.commands.get(effect) ?? 0) + 1);
  }

  refused(name: string): void {
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }

  limitReached(name: string): void {
    this.limits.set(name, (this.limits.get(name) ?? 0) + 1);
  }
}
