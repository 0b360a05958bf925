import { searchWords } from '@steno/event-store';
import type { Claim, SessionFilter } from '@steno/event-store';
import { parseRfc3339 } from '@steno/sessions';
import { readSessionCursor } from '../cursors.js';
import { ApiProblem } from '../errors.js';
import type { SessionsQuery } from '../requests.js';

/** What a request asks of the store. Throws ApiProblem. */
export function filterOf(query: SessionsQuery): SessionFilter {
  const from = parseRfc3339(query.from ?? '');
  const to = parseRfc3339(query.to ?? '');
  return {
    limit: query.limit,
    identities: query.identity ?? [],
    targets: query.target ?? [],
    statuses: query.status ?? [],
    words: wordsOf(query.text),
    claims: (query.claim ?? []).map(claimOf),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(query.cursor === undefined ? {} : { before: readSessionCursor(query.cursor) }),
  };
}

/** A name has no `=` in it. */
function claimOf(text: string): Claim {
  const at = text.indexOf('=');
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function wordsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const words = searchWords(text);
  if (words.length === 0) throw new ApiProblem('invalidRequest', 'text has no word in it.');
  return words;
}

/** The filter as a query string, for the record of who looked; pages of one list are the same. */
export function filterText(query: SessionsQuery): string {
  const pairs = (['identity', 'target', 'status', 'from', 'to', 'text', 'claim'] as const).flatMap(
    (name) => {
      const value = query[name];
      const values = Array.isArray(value) ? value : [value];
      return values.flatMap((one): [string, string][] => (one === undefined ? [] : [[name, one]]));
    },
  );
  return new URLSearchParams(pairs).toString();
}
