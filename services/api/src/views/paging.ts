import { mayHaveMore } from '@steno/event-store';
import type { EventRow } from '@steno/event-store';

/** nextCursor of a page in order of positions; `rows` are what was read for its items. */
export function positionCursor(
  items: readonly { readonly position: number }[],
  rows: readonly EventRow[],
  limit: number,
): string | null {
  const last = items.at(-1);
  const isMore = items.length < rows.length || mayHaveMore(rows, limit);
  return isMore && last !== undefined ? String(last.position) : null;
}
