import type { SessionView } from '@steno/proto';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { newestQuery, sessionsQuery } from '../api/queries.js';
import { mergeNewest } from './merge-newest.js';
import { queryOf, type SessionsSearch } from './search.js';

const refreshMs = 5000;

export interface Sessions {
  readonly sessions: readonly SessionView[];
  /** Newer ones that wait, because the reader is further down. */
  readonly waiting: number;
  readonly loading: boolean;
  readonly error: Error | null;
  readonly more: boolean;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

interface Options {
  readonly search: SessionsSearch;
  readonly live: boolean;
  /** Rows above the reader would move what is read. */
  readonly atTop: boolean;
}

/** The sessions that match, and those that begin while the page is open. */
export function useSessions({ search, live, atTop }: Options): Sessions {
  const key = JSON.stringify(search);
  const filter = () => queryOf(search, Date.now());
  const pages = useInfiniteQuery(sessionsQuery(key, filter));
  const newest = useQuery({
    ...newestQuery(key, filter),
    // In a hidden tab it rests by itself.
    refetchInterval: refreshMs,
    enabled: live && pages.isSuccess,
  });
  const merged = useMemo(
    () => mergeNewest(pages.data?.pages ?? [], newest.data),
    [pages.data, newest.data],
  );
  const queries = useQueryClient();
  const { hole } = merged;
  useEffect(() => {
    if (hole && atTop) void queries.resetQueries({ queryKey: ['sessions', key] });
  }, [hole, atTop, queries, key]);

  const held = useHeldBack(merged.added, atTop, key);
  const sessions = useMemo(
    () => (held === 0 ? merged.sessions : merged.sessions.slice(held)),
    [merged, held],
  );
  return {
    sessions,
    waiting: held,
    loading: pages.isPending,
    error: pages.error,
    more: pages.hasNextPage,
    loadingMore: pages.isFetchingNextPage,
    loadMore: () => {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
    },
    retry: () => void pages.refetch(),
  };
}

/** How many of the added sessions are not shown yet: those since the reader left the top. */
function useHeldBack(added: readonly SessionView[], atTop: boolean, key: string): number {
  const [shown, setShown] = useState({ key, count: 0 });
  const count = shown.key === key ? shown.count : 0;
  useEffect(() => {
    if (atTop) setShown({ key, count: added.length });
  }, [atTop, added.length, key]);
  return atTop ? 0 : Math.max(0, added.length - count);
}
