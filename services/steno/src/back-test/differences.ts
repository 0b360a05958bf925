import type { DryRunGroupView } from '@steno/proto';

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

/** Kinds of differences that are told apart, and how much of an example is shown. */
const GROUPS_MAX = 1_000;
const EXAMPLE_CHARACTERS = 2_000;

type Group = { -readonly [Key in keyof DryRunGroupView]: DryRunGroupView[Key] };

/** Adds up differences as they are found. */
export class Differences {
  /** All of them. */
  commands = 0;
  /** Commands of groups beyond the limit. */
  leftOut = 0;
  private readonly byKey = new Map<string, Group & { lastSession: string }>();

  add({ identity, target, was, would, rule, ...example }: Difference): void {
    this.commands += 1;
    const key = JSON.stringify([identity, target, was, would, rule]);
    const { sessionId, position } = example;
    const known = this.byKey.get(key);
    if (known !== undefined) {
      known.commands += 1;
      // Sessions come one after the other.
      if (known.lastSession !== sessionId) known.sessions += 1;
      known.lastSession = sessionId;
    } else if (this.byKey.size >= GROUPS_MAX) this.leftOut += 1;
    else {
      const text = example.text?.slice(0, EXAMPLE_CHARACTERS) ?? null;
      const first = { commands: 1, sessions: 1, example: { sessionId, position, text } };
      this.byKey.set(key, { identity, target, was, would, rule, ...first, lastSession: sessionId });
    }
  }

  /** Those with the most commands first. */
  groups(): readonly DryRunGroupView[] {
    const all = [...this.byKey.values()].sort((one, other) => other.commands - one.commands);
    return all.map(({ lastSession: _, ...group }) => group);
  }
}
