import type {
  ApiKeyView,
  ApprovalDetailView,
  ApprovalView,
  ChainView,
  CommandView,
  EventView,
  FacetsView,
  IdentityDetailView,
  IdentityView,
  MeView,
  Page,
  PipelineView,
  PoliciesView,
  PolicyDifferenceView,
  PolicyVersionDetailView,
  SessionDetailView,
  SessionView,
  SignInView,
  StatusView,
  TimelineView,
  TokenView,
} from '@steno/proto';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { getJson, type Query } from './client.js';
import { loadCommands, type CommandLog } from './commands.js';

const sessionPath = (id: string): string => `/sessions/${encodeURIComponent(id)}`;

export const SESSIONS_PAGE = 100;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getJson<MeView>('/me', {}, signal),
  staleTime: Infinity,
});

/** How one may sign in; asked anew with each visit, for why it did not work. */
export const signInQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) => getJson<SignInView>('/sign-in', {}, signal),
  gcTime: 0,
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => getJson<Page<TokenView>>('/me/tokens', {}, signal),
});

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => getJson<StatusView>('/status', {}, signal),
  refetchInterval: 5000,
});

export const pipelineQuery = queryOptions({
  queryKey: ['pipeline'],
  queryFn: ({ signal }) => getJson<PipelineView>('/pipeline', {}, signal),
  refetchInterval: 5000,
});

/** What came into force last comes first. */
export const policiesQuery = infiniteQueryOptions({
  queryKey: ['policies'],
  queryFn: ({ pageParam, signal }) =>
    getJson<PoliciesView>('/policies', { cursor: pageParam }, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  refetchInterval: 15_000,
});

export const policyQuery = (digest: string) =>
  queryOptions({
    queryKey: ['policy', digest],
    queryFn: ({ signal }) =>
      getJson<PolicyVersionDetailView>(`/policies/${encodeURIComponent(digest)}`, {}, signal),
    staleTime: 60_000,
  });

export const policyDifferenceQuery = (digest: string, from: string) =>
  queryOptions({
    queryKey: ['policy', digest, from],
    queryFn: ({ signal }) => {
      const path = `/policies/${encodeURIComponent(digest)}/difference`;
      return getJson<PolicyDifferenceView>(path, { from }, signal);
    },
    staleTime: 60_000,
  });

/** The oldest first. */
export const waitingQuery = queryOptions({
  queryKey: ['approvals', 'waiting'],
  queryFn: ({ signal }) => getJson<Page<ApprovalView>>('/approvals', {}, signal),
  refetchInterval: 3000,
});

export const ENDED_SHOWN = 100;

/** Those that were asked for last, also some that wait: their texts cost the server a look each. */
export const endedQuery = queryOptions({
  queryKey: ['approvals', 'ended'],
  queryFn: ({ signal }) =>
    getJson<Page<ApprovalView>>('/approvals', { all: 'true', limit: ENDED_SHOWN }, signal),
  refetchInterval: 10_000,
});

/** @param link that led there; undefined: none did */
export const approvalQuery = (id: string, link: string | undefined) =>
  queryOptions({
    queryKey: ['approval', id, link],
    queryFn: ({ signal }) =>
      getJson<ApprovalDetailView>(`/approvals/${encodeURIComponent(id)}`, { link }, signal),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? 3000 : false),
  });

const IDENTITIES_PAGE = 100;

/** The inventory by name. */
export const identitiesQuery = (filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['identities', filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<IdentityView>>(
        '/identities',
        { ...filter, limit: IDENTITIES_PAGE, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 10_000,
  });

/** @param zone in which its hours are told */
export const identityQuery = (name: string, zone: string) =>
  queryOptions({
    queryKey: ['identity', name, zone],
    queryFn: ({ signal }) =>
      getJson<IdentityDetailView>(`/identities/${encodeURIComponent(name)}`, { zone }, signal),
    refetchInterval: 10_000,
  });

/** The keys of one identity, the newest first. */
export const keysQuery = (identity: string) =>
  queryOptions({
    queryKey: ['keys', identity],
    queryFn: ({ signal }) => getJson<Page<ApiKeyView>>('/keys', { identity }, signal),
    refetchInterval: 10_000,
  });

const SESSIONS_OF = 8;

/** The newest sessions of one identity. */
export const sessionsOfQuery = (identity: string) =>
  queryOptions({
    queryKey: ['sessions-of', identity],
    queryFn: ({ signal }) =>
      getJson<Page<SessionView>>('/sessions', { identity, limit: SESSIONS_OF }, signal),
    refetchInterval: 10_000,
  });

export const facetsQuery = queryOptions({
  queryKey: ['facets'],
  queryFn: ({ signal }) => getJson<FacetsView>('/facets', {}, signal),
  staleTime: 30_000,
});

/** @param filter evaluated with each request: relative ranges move on */
export const sessionsQuery = (key: unknown, filter: () => Query) =>
  infiniteQueryOptions({
    queryKey: ['sessions', key],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<SessionView>>(
        '/sessions',
        { ...filter(), limit: SESSIONS_PAGE, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // The newest page is asked for again and again; all pages together only now and then.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });

/** The newest sessions alone, for the live refresh. */
export const newestQuery = (key: unknown, filter: () => Query) =>
  queryOptions({
    queryKey: ['newest', key],
    queryFn: ({ signal }) =>
      getJson<Page<SessionView>>('/sessions', { ...filter(), limit: SESSIONS_PAGE }, signal),
    gcTime: 0,
  });

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id],
    queryFn: ({ signal }) => getJson<SessionDetailView>(sessionPath(id), {}, signal),
    refetchInterval: ({ state }) => (isRunning(state.data) ? 3000 : false),
  });

export const isRunning = (session: SessionView | undefined): boolean =>
  session?.status === 'open' || session?.status === 'silent';

/** Recomputed by the server from all raw events of the session: seldom while it runs. */
export const chainQuery = (id: string, running: boolean) =>
  queryOptions({
    queryKey: ['chain', id, running],
    queryFn: ({ signal }) => getJson<ChainView>(`${sessionPath(id)}/chain`, {}, signal),
    staleTime: 60_000,
    refetchInterval: running ? 30_000 : false,
    placeholderData: (previous) => previous,
  });

export const timelineQuery = (id: string, running: boolean) =>
  queryOptions({
    queryKey: ['timeline', id],
    queryFn: ({ signal }) =>
      getJson<TimelineView>(`${sessionPath(id)}/timeline`, { slices: 400 }, signal),
    refetchInterval: running ? 5000 : false,
  });

export const commandsQuery = (id: string, running: boolean) =>
  queryOptions({
    queryKey: ['commands', id],
    queryFn: ({ signal, client, queryKey }) =>
      loadCommands(
        client.getQueryData<CommandLog>(queryKey),
        (after, limit) =>
          getJson<Page<CommandView>>(`${sessionPath(id)}/commands`, { after, limit }, signal),
        (log) => client.setQueryData(queryKey, log),
      ),
    structuralSharing: false,
    refetchInterval: running ? 2000 : false,
  });

/** The one event at a position. */
export const eventQuery = (id: string, position: number) =>
  queryOptions({
    queryKey: ['event', id, position],
    queryFn: async ({ signal }) => {
      const query = position === 0 ? {} : { after: position - 1 };
      const page = await getJson<Page<EventView>>(
        `${sessionPath(id)}/events`,
        { ...query, limit: 1 },
        signal,
      );
      return page.items.find((event) => event.position === position) ?? null;
    },
    staleTime: 60_000,
  });
