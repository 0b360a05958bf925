/** A command that would have been decided otherwise. */
export interface Difference {
  readonly identity: string;
  readonly target: string;
  readonly was: string;
  readonly would: string;
  /** That would decide. */
  readonly rule: string;
  readonly sessionId: string;
  /** Of the command; 0: of the session itself. */
  readonly position: number;
  /** Null where it was erased or has expired. */
  readonly text: string | null;
}

/** All of one identity on one target that a rule would decide otherwise in the same way. */
export interface DifferenceGroup {
  readonly identity: string;
  readonly target: string;
  readonly was: string;
  readonly would: string;
  readonly rule: string;
  commands: number;
  sessions: number;
  /** The first that was seen. */
  readonly example: Pick<Difference, 'sessionId' | 'position' | 'text'>;
}

/** Adds up differences as they are found. */
export class Differences {
  private readonly byKey = new Map<string, DifferenceGroup & { lastSession: string }>();

  add({ identity, target, was, would, rule, ...example }: Difference): void {
    const key = JSON.stringify([identity, target, was, would, rule]);
    const { sessionId } = example;
    const known = this.byKey.get(key);
    if (known === undefined) {
      const first = { commands: 1, sessions: 1, example, lastSession: sessionId };
      this.byKey.set(key, { identity, target, was, would, rule, ...first });
      return;
    }
    known.commands += 1;
    // Sessions come one after the other.
    if (known.lastSession !== sessionId) known.sessions += 1;
    known.lastSession = sessionId;
  }

  /** Those with the most commands first. */
  groups(): readonly DifferenceGroup[] {
    const all = [...this.byKey.values()].sort((one, other) => other.commands - one.commands);
    return all.map(({ lastSession: _, ...group }) => group);
  }
}
