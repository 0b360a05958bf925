import type { CatalogTexts, Target } from '@steno/capture';
import { readOwnCatalog } from '../../back-test/own-catalogs.js';
import { reasonOf } from '../log-lines.js';
import type { ChildReport, ChildStart, ToldCatalog } from '../messages.js';
import { ConfiguredTargets } from './targets.js';

/** Longer than reading it may take. */
const TOLD_MS = 20_000;
/** What passes through the supervisor. */
const TOLD_CHARACTERS = 16 * 1024 * 1024;

/** The catalogs of targets, for whoever has not the secrets to read them. */
export interface Catalogs {
  /** Rejects with a message for people. */
  of(target: string): Promise<CatalogTexts>;
  told(catalog: ToldCatalog): void;
  close(): Promise<void>;
}

export function catalogsOf(told: ChildStart, tell: (report: ChildReport) => void): Catalogs {
  return told.isToldCatalogs ? new ToldCatalogs(tell) : new OwnCatalogs(told);
}

/** What is said of a catalog to whoever asked. */
export async function sayCatalog(
  targets: readonly Target[],
  target: string,
): Promise<Extract<ChildReport, { report: 'catalog' }>> {
  try {
    const texts = await readOwnCatalog(targets, target);
    if (texts.contents.length > TOLD_CHARACTERS) throw new Error('it is larger than 16 MiB');
    return { report: 'catalog', catalog: { target, texts } };
  } catch (error) {
    return { report: 'catalog', catalog: { target, reason: reasonOf(error) } };
  }
}

/** Asks the gateway, by way of the supervisor. */
class ToldCatalogs implements Catalogs {
  private readonly waiting = new Map<string, ((catalog: ToldCatalog) => void)[]>();

  constructor(private readonly tell: (report: ChildReport) => void) {}

  async of(target: string): Promise<CatalogTexts> {
    const catalog = await new Promise<ToldCatalog>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error('the gateway has not said it in time'));
      }, TOLD_MS);
      const others = this.waiting.get(target) ?? [];
      const take = (catalog: ToldCatalog): void => {
        clearTimeout(late);
        resolve(catalog);
      };
      this.waiting.set(target, [...others, take]);
      this.tell({ report: 'needs-catalog', target });
    });
    if ('reason' in catalog) throw new Error(catalog.reason);
    return catalog.texts;
  }

  told(catalog: ToldCatalog): void {
    const waiting = this.waiting.get(catalog.target) ?? [];
    this.waiting.delete(catalog.target);
    for (const take of waiting) take(catalog);
  }

  close(): Promise<void> {
    this.waiting.clear();
    return Promise.resolve();
  }
}

/** Reads them by the credentials that this process has. */
class OwnCatalogs implements Catalogs {
  private readonly targets: readonly Target[];
  private readonly configured: ConfiguredTargets;

  constructor({ config }: ChildStart) {
    this.configured = new ConfiguredTargets({ config, installation: '', warn: () => undefined });
    this.targets = this.configured.of(config.targets);
  }

  of(target: string): Promise<CatalogTexts> {
    return readOwnCatalog(this.targets, target);
  }

  told(): void {
    // nobody is asked
  }

  close(): Promise<void> {
    return this.configured.close();
  }
}
