import {
  readIdentity,
  readIdentityActivity,
  readIdentityTargets,
  readOpenings,
} from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import type { IdentityDetailView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import type { ControlBook } from '../options.js';
import { hoursOfWeek } from './hours.js';
import { identityView, lifecycleView, sightingOf } from './identity-views.js';
import { readRecentCommands } from './recent-commands.js';

/** How far the heat map of activity goes back. */
const ACTIVITY_NS = 28n * 86_400n * 1_000_000_000n;

/** Undefined where it was neither seen nor said anything of. */
export async function readIdentityDetail(
  reader: StoreReader,
  control: Pick<ControlBook, 'identities'>,
  { name, zone }: { readonly name: string; readonly zone: string },
  atNs: bigint,
): Promise<IdentityDetailView | undefined> {
  const known = control.identities.get(name);
  const seen = await readIdentity(reader, name);
  if (seen === undefined && known === undefined) return undefined;
  const from = atNs - ACTIVITY_NS;
  const [targets, quarters, recent, openings] = await Promise.all([
    readIdentityTargets(reader, name),
    readIdentityActivity(reader, name, from),
    readRecentCommands(reader, name, from),
    readOpenings(reader, seen === undefined ? [] : [seen.lastSession]),
  ]);
  const sighting = seen && sightingOf(seen, openings.get(seen.lastSession));
  return {
    ...identityView(name, sighting, control, atNs),
    groups: sighting?.opened?.groups ?? [],
    targets: targets.map(({ lastAt, ...of }) => ({ ...of, lastSeen: toRfc3339(lastAt) })),
    recent,
    activity: { from: toRfc3339(from), zone, hours: hoursOfWeek(quarters, zone) },
    lifecycle: lifecycleView(known, atNs),
  };
}
