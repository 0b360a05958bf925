import { catalogOfTexts } from '@steno/capture';
import type { CatalogTexts } from '@steno/capture';
import { UNKNOWN_CATALOG } from '@steno/policy';
import type { Catalog } from '@steno/policy';

/** What policies are told of a target. */
export interface TargetFacts {
  readonly name: string;
  readonly environment: string;
  readonly owner: string;
}

export interface KnownCatalog {
  readonly catalog: Catalog;
  readonly searchPath: readonly string[] | undefined;
}

interface TargetsNowOptions {
  readonly targets: readonly TargetFacts[];
  /** Rejects with a message for people. */
  readonly read: (target: string) => Promise<CatalogTexts>;
  /** Told once of each target whose catalog cannot be had: what commands name is opaque then. */
  readonly unread: (target: string, reason: string) => void;
}

/** The targets of recorded sessions as they are now. */
export class TargetsNow {
  private readonly catalogs = new Map<string, Promise<KnownCatalog>>();

  constructor(private readonly options: TargetsNowOptions) {}

  /** Of one that there is not any more: nothing. */
  factsOf(name: string): Pick<TargetFacts, 'environment' | 'owner'> {
    const known = this.options.targets.find((target) => target.name === name);
    return known ?? { environment: '', owner: '' };
  }

  catalogOf(name: string): Promise<KnownCatalog> {
    const known = this.catalogs.get(name) ?? this.read(name);
    this.catalogs.set(name, known);
    return known;
  }

  private async read(name: string): Promise<KnownCatalog> {
    try {
      return catalogOfTexts(await this.options.read(name));
    } catch (error) {
      this.options.unread(name, error instanceof Error ? error.message : String(error));
      return { catalog: UNKNOWN_CATALOG, searchPath: undefined };
    }
  }
}
