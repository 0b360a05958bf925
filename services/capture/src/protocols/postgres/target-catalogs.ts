import { setTimeout as delay } from 'node:timers/promises';
import { UNKNOWN_CATALOG } from '@steno/policy';
import type { Catalog, Rulebook, RulingSources } from '@steno/policy';
import { credentialFor } from '../../options.js';
import type { SealedBook, Target } from '../../options.js';
import { readCatalog } from './catalog-reader.js';
import type { CatalogSource, ReadCatalog } from './catalog-reader.js';
import type { Visitor } from './lobby.js';

/** What was changed by others than clients of this gateway is known after so long. */
const MAX_AGE_MS = 60_000;

/** By them a name may lead elsewhere. The target does not care how they are spelt. */
const NAME_SETTINGS: ReadonlySet<string> = new Set([
  'options',
  'search_path',
  'role',
  'session_authorization',
]);

/** Reading takes at most one part in so many of the time, however often sessions define things. */
const PAUSE_TIMES = 10;

interface CatalogOptions {
  readonly policies: { readonly rulebook: Rulebook | undefined };
  readonly sealed: SealedBook;
  readonly timeoutMs: number;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The catalog of one target by one credential, read again as it ages or is changed. */
class TargetCatalog {
  private read: ReadCatalog | undefined;
  private triedAtMs = 0;
  private pauseUntilMs = 0;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly source: CatalogSource,
    private readonly options: Pick<CatalogOptions, 'timeoutMs' | 'warn'>,
  ) {}

  get catalog(): Catalog {
    if (this.isOld) void this.again();
    return this.read?.catalog ?? UNKNOWN_CATALOG;
  }

  /** Where names lead for a user; undefined where the reader, who has another name, can't tell. */
  searchPathFor(username: string): readonly string[] | undefined {
    const { read } = this;
    const mayDiffer = read?.username !== username && read?.schemas.has(username) === true;
    return mayDiffer ? undefined : read?.searchPath;
  }

  /** Resolves when there is one, or none can be had. */
  async ready(): Promise<void> {
    if (this.read === undefined) await this.again();
  }

  /** Resolves when one was read that was begun after this. */
  async refreshed(): Promise<void> {
    await this.reading;
    await delay(Math.max(0, this.pauseUntilMs - Date.now()), undefined, { ref: false });
    await this.again();
  }

  private get isOld(): boolean {
    return Date.now() - this.triedAtMs > MAX_AGE_MS;
  }

  private again(): Promise<void> {
    this.triedAtMs = Date.now();
    this.reading ??= this.readNow().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readNow(): Promise<void> {
    const { timeoutMs, warn } = this.options;
    try {
      this.read = await readCatalog(this.source, timeoutMs);
    } catch (error) {
      warn('the catalog of a target could not be read', {
        target: this.source.target.name,
        reason: error instanceof Error ? error.message : String(error),
      });
    } finally {
      this.pauseUntilMs = Date.now() + PAUSE_TIMES * (Date.now() - this.triedAtMs);
    }
  }
}

/** What the rulings of one session rest on. */
export class SessionSources implements RulingSources {
  /** Times that it did what may change the catalog, and those that were read since. */
  private changes = 0;
  private changesRead = 0;
  private changesAsked = 0;

  constructor(
    private readonly policies: { readonly rulebook: Rulebook | undefined },
    private readonly target: TargetCatalog,
    private readonly username: string,
    /** The client gave settings of its own, so that nobody here knows where names lead. */
    private readonly hasOwnMeaning: boolean,
  ) {}

  get rulebook(): Rulebook | undefined {
    return this.policies.rulebook;
  }

  get catalog(): Catalog {
    return this.target.catalog;
  }

  get isCatalogOld(): boolean {
    return this.changes > this.changesRead;
  }

  get searchPath(): readonly string[] | undefined {
    return this.hasOwnMeaning ? undefined : this.target.searchPathFor(this.username);
  }

  readonly now = Date.now;

  readonly catalogChanged = (): void => {
    this.changes += 1;
  };

  /** What the session did is committed, if it is to be. */
  settled(): void {
    const { changes } = this;
    if (changes === this.changesRead || changes === this.changesAsked) return;
    this.changesAsked = changes;
    void this.target.refreshed().then(() => {
      this.changesRead = changes;
    });
  }
}

/** The catalogs of the targets that sessions were opened on. */
export class TargetCatalogs {
  private readonly catalogs = new Map<string, TargetCatalog>();

  constructor(private readonly options: CatalogOptions) {}

  /** For a new session on the target; waits for a first catalog, where policies need one. */
  async sourcesFor(
    target: Target,
    { identity, startup }: Pick<Visitor, 'identity' | 'startup'>,
    username: string,
  ): Promise<SessionSources> {
    const { policies, sealed } = this.options;
    const credential = credentialFor(target, identity.groups);
    const { name, host, port, database } = target;
    const { username: user, reference } = credential ?? {};
    const key = JSON.stringify([name, host, port, database, user, reference]);
    const source = { target, credential, sealed };
    const known = this.catalogs.get(key) ?? new TargetCatalog(source, this.options);
    this.catalogs.set(key, known);
    if (policies.rulebook !== undefined) await known.ready();
    const hasOwnMeaning = [...startup.parameters.keys()].some((setting) => {
      return NAME_SETTINGS.has(setting.toLowerCase());
    });
    return new SessionSources(policies, known, username, hasOwnMeaning);
  }
}
