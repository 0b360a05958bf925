import { ruleOnSession, SessionRuler, StatementText } from '@steno/policy';
import type { Asking, Rulebook } from '@steno/policy';
import { Differences } from './differences.js';
import type { TargetsNow } from './targets-now.js';

/** A session as it was opened. */
export interface RecordedSession {
  readonly sessionId: string;
  readonly identity: Asking['identity'];
  readonly target: string;
  readonly protocol: string;
  readonly database: string;
  /** host:port */
  readonly source: string;
  readonly program: string;
  /** It came by TLS. */
  readonly encrypted: boolean;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

/** A command that was decided, but for those that were decided once more with it. */
export interface RecordedCommand {
  readonly position: number;
  /** Null where it was erased, has expired or is too long to be read; or it is a function call. */
  readonly text: string | null;
  readonly effect: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface BackTestOptions {
  readonly rulebook: Rulebook;
  readonly targets: TargetsNow;
}

/** Rules anew on what was recorded, as the targets are now. */
export class BackTest {
  readonly differences = new Differences();
  sessions = 0;
  commands = 0;

  constructor(private readonly options: BackTestOptions) {}

  /** Commands that would have been decided otherwise, and sessions that would not be opened. */
  get changed(): number {
    return this.differences.commands;
  }

  /** `commands`: all of it, in order. */
  async session(
    session: RecordedSession,
    commands: AsyncIterable<readonly RecordedCommand[]>,
  ): Promise<void> {
    const { rulebook, targets } = this.options;
    const asking = this.askingOf(session);
    const { sessionId, target } = session;
    const of = { sessionId, identity: asking.identity.name, target };
    this.sessions += 1;
    const opening = ruleOnSession(rulebook, asking);
    if (opening.effect === 'deny') {
      const { effect: would, rule } = opening;
      this.differences.add({ ...of, position: 0, text: null, was: 'allow', would, rule });
    }
    const known = await targets.catalogOf(target);
    let at = session.openedAt;
    const sources = {
      ...{ rulebook, ...known, isCatalogOld: false, catalogChanged: () => undefined },
      now: () => at,
    };
    const ruler = new SessionRuler(asking, sources, opening);
    for await (const page of commands) {
      for (const { position, text, effect: was, ...command } of page) {
        this.commands += 1;
        at = command.at;
        const { effect: would, rule } = ruler.rule(() => [
          text === null ? undefined : new StatementText(text),
        ]);
        if (was !== would) this.differences.add({ ...of, position, text, was, would, rule });
      }
    }
  }

  private askingOf({ identity, source, ...session }: RecordedSession): Asking {
    const { target: name, protocol, database, program, encrypted, openedAt } = session;
    const { environment, owner } = this.options.targets.factsOf(name);
    const target = { name, protocol, database, environment, owner };
    const address = source.replace(/:\d+$/, '');
    return { identity, target, source: address, program, encrypted, openedAt };
  }
}
