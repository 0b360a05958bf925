import { readIdentities, readOpenings } from '@steno/event-store';
import type { SeenIdentity, StoreReader } from '@steno/event-store';
import type { IdentityState, IdentityView } from '@steno/proto';
import type { ControlBook } from '../options.js';
import { identityView, sightingOf } from './identity-views.js';

/** Identities that are read and judged at a time. */
const CHUNK = 100;
/** A page ends after so many, however few of them fit the filter. */
const CHUNKS_MAX = 20;

export interface InventoryFilter {
  readonly states: readonly IdentityState[];
  readonly owner: string;
  /** Part of the name. */
  readonly text: string;
  /** The page begins after this name. */
  readonly after: string;
  readonly limit: number;
}

interface InventoryPage {
  readonly items: readonly IdentityView[];
  /** The name after which the next page begins; undefined: that was all. */
  readonly next: string | undefined;
}

/** Those that were seen and those that people know, by name. */
export async function readInventory(
  reader: StoreReader,
  control: Pick<ControlBook, 'identities'>,
  filter: InventoryFilter,
  atNs: bigint,
): Promise<InventoryPage> {
  const items: IdentityView[] = [];
  let { after } = filter;
  for (let chunk = 0; chunk < CHUNKS_MAX; chunk += 1) {
    const seen = await readIdentities(reader, { after, text: filter.text, limit: CHUNK });
    const last = seen.length < CHUNK ? undefined : seen.at(-1)?.identity;
    const names = namesBetween(seen, control, { ...filter, after, last });
    const openings = await readOpenings(
      reader,
      seen.map(({ lastSession }) => lastSession),
    );
    const byName = new Map(seen.map((each) => [each.identity, each]));
    for (const name of names) {
      const one = byName.get(name);
      const sighting = one && sightingOf(one, openings.get(one.lastSession));
      const view = identityView(name, sighting, control, atNs);
      if (!isWanted(view, filter)) continue;
      if (items.length === filter.limit) return { items, next: items.at(-1)?.identity };
      items.push(view);
    }
    if (last === undefined) return { items, next: undefined };
    after = last;
  }
  return { items, next: after };
}

/** In the order of the store, which is by bytes. */
function namesBetween(
  seen: readonly SeenIdentity[],
  { identities }: Pick<ControlBook, 'identities'>,
  { after, text, last }: Pick<InventoryFilter, 'after' | 'text'> & { last: string | undefined },
): readonly string[] {
  const names = new Set(seen.map(({ identity }) => identity));
  const part = text.toLowerCase();
  for (const { name } of identities.all()) {
    if (compare(name, after) <= 0 || (last !== undefined && compare(name, last) > 0)) continue;
    if (name.toLowerCase().includes(part)) names.add(name);
  }
  return [...names].sort(compare);
}

function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function isWanted({ state, owner }: IdentityView, filter: InventoryFilter): boolean {
  if (filter.states.length > 0 && !filter.states.includes(state)) return false;
  return filter.owner === '' || owner.toLowerCase() === filter.owner.toLowerCase();
}
