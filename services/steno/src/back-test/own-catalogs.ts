import { readCatalogTexts } from '@steno/capture';
import type { CatalogTexts, Target } from '@steno/capture';

const CATALOG_MS = 10_000;

/** What control holds is opened by captures alone, for sessions. */
const NOTHING_SEALED = new Map<string, never>();

/** Reads the catalog of a target by the credential that this process has. */
export async function readOwnCatalog(
  targets: readonly Target[],
  name: string,
): Promise<CatalogTexts> {
  const target = targets.find((each) => each.name === name);
  if (target === undefined) throw new Error('steno.yaml has no such target');
  const credential = target.credential ?? target.groupCredentials[0]?.credential;
  return readCatalogTexts({ target, credential, sealed: NOTHING_SEALED }, CATALOG_MS);
}
