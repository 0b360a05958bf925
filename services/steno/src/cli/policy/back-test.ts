import { readCatalog } from '@steno/capture';
import type { Target } from '@steno/capture';
import { ruleOnSession, SessionRuler, UNKNOWN_CATALOG } from '@steno/policy';
import type { Asking, Catalog, Rulebook } from '@steno/policy';
import type { EventView, SessionDetailView, SessionView } from '@steno/proto';
import type { ApiClient } from '../api-client.js';
import { Differences } from './differences.js';

const PAGE_SIZE = 500;
const CATALOG_MS = 10_000;

interface Known {
  readonly catalog: Catalog;
  readonly searchPath: readonly string[] | undefined;
}

interface BackTestOptions {
  readonly client: ApiClient;
  readonly rulebook: Rulebook;
  readonly targets: readonly Target[];
  readonly warn: (message: string) => Promise<void>;
}

/** What control holds is opened by captures alone. */
const NOTHING_SEALED = new Map<string, never>();

/** Rules anew on what was recorded, as the targets are now. */
export class BackTest {
  readonly differences = new Differences();
  sessions = 0;
  commands = 0;
  /** Of the command that is ruled on. */
  private now = 0;
  private readonly catalogs = new Map<string, Promise<Known>>();

  constructor(private readonly options: BackTestOptions) {}

  async session(session: SessionView): Promise<void> {
    const { client, rulebook } = this.options;
    const { sessionId, identity, target } = session;
    const path = `/api/sessions/${encodeURIComponent(sessionId)}`;
    const detail = await client.get<SessionDetailView>(path);
    const asking = this.askingOf(detail);
    this.sessions += 1;
    const opening = ruleOnSession(rulebook, asking);
    if (opening.effect === 'deny') {
      const { effect: would, rule } = opening;
      const of = { sessionId, identity, target, position: 0, text: null };
      this.differences.add({ ...of, was: 'allow', would, rule });
    }
    const known = await this.catalogOf(target);
    const sources = {
      ...{ rulebook, ...known, isCatalogOld: false, catalogChanged: () => undefined },
      now: () => this.now,
    };
    const ruler = new SessionRuler(asking, sources, opening);
    const paging = { pageSize: PAGE_SIZE, cursorName: 'after' };
    for await (const page of client.pages<EventView>(`${path}/events`, {}, paging)) {
      for (const event of page) this.event(event, ruler, session);
    }
  }

  private event(event: EventView, ruler: SessionRuler, session: SessionView): void {
    const { command, position } = event;
    // A Bind was held for its Execute, which comes as well.
    if (command?.decision === undefined || command.kind === 'bind') return;
    this.commands += 1;
    this.now = Date.parse(event.occurredAt);
    const text = command.kind === 'function-call' ? null : command.text;
    const { effect: would, rule } = ruler.rule(() => [text ?? undefined]);
    const { effect: was } = command.decision;
    if (was === would) return;
    const { sessionId, identity, target } = session;
    this.differences.add({ sessionId, identity, target, position, text, was, would, rule });
  }

  private askingOf(session: SessionDetailView): Asking {
    const { issuer, subject, claims, groups, source, clientProgram, protocol, database } = session;
    const target = this.target(session.target);
    return {
      identity: { name: session.identity, issuer, subject, claims, groups },
      target: {
        name: session.target,
        protocol,
        database,
        environment: target?.environment ?? '',
        owner: target?.owner ?? '',
      },
      source: source.replace(/:\d+$/, ''),
      program: clientProgram,
      encrypted: session.tls !== '',
      openedAt: Date.parse(session.startedAt),
    };
  }

  private target(name: string): Target | undefined {
    return this.options.targets.find((target) => target.name === name);
  }

  private catalogOf(name: string): Promise<Known> {
    const known = this.catalogs.get(name) ?? this.read(name);
    this.catalogs.set(name, known);
    return known;
  }

  private async read(name: string): Promise<Known> {
    const target = this.target(name);
    try {
      if (target === undefined) throw new Error('steno.yaml has no such target');
      const credential = target.credential ?? target.groupCredentials[0]?.credential;
      return await readCatalog({ target, credential, sealed: NOTHING_SEALED }, CATALOG_MS);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const effect = 'all that its commands name is taken for opaque';
      await this.options.warn(`The catalog of ${name} cannot be read, so ${effect}: ${reason}`);
      return { catalog: UNKNOWN_CATALOG, searchPath: undefined };
    }
  }
}
