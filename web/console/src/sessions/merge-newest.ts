import type { Page, SessionView } from '@steno/proto';

export interface Merged {
  readonly sessions: readonly SessionView[];
  /** Sessions that the loaded pages did not have. */
  readonly added: readonly SessionView[];
  /** More have come than the newest page holds: what lies between is missing. */
  readonly hole: boolean;
}

/** Puts the newest page over the pages that were loaded before; both are newest first. */
export function mergeNewest(
  pages: readonly Page<SessionView>[],
  newest: Page<SessionView> | undefined,
): Merged {
  const loaded = pages.flatMap((page) => page.items);
  if (newest === undefined) return { sessions: loaded, added: [], hole: false };
  const fresh = new Map(newest.items.map((session) => [session.sessionId, session]));
  const known = new Set(loaded.map(({ sessionId }) => sessionId));
  const added = newest.items.filter(({ sessionId }) => !known.has(sessionId));
  const updated = loaded.map((session) => fresh.get(session.sessionId) ?? session);
  const hole =
    newest.nextCursor !== null && newest.items.length > 0 && added.length === newest.items.length;
  return { sessions: [...added, ...updated], added, hole: hole && loaded.length > 0 };
}
