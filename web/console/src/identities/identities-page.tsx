import { UnstyledButton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { explain } from '../api/client.js';
import { identitiesQuery, meQuery } from '../api/queries.js';
import { maySayOfIdentities } from '../api/rights.js';
import { Blank } from '../ui/blank.js';
import { usePageKeys } from '../ui/page-keys.js';
import { DeclareDialog } from './declare-dialog.js';
import { IdentityFilters } from './identity-filters.js';
import { IdentityTable } from './identity-table.js';
import { rememberIdentitiesSearch } from './last-search.js';
import { isFiltered, queryOf, type IdentitiesSearch } from './search.js';

/** Who acts here, who answers for it, and whether it may. */
export function IdentitiesPage(): ReactNode {
  const search = useSearch({ from: '/shell/identities' });
  const navigate = useNavigate({ from: '/identities' });
  const { data: me } = useQuery(meQuery);
  const [declaring, setDeclaring] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const mayDeclare = me !== undefined && maySayOfIdentities(me);
  const change = (next: IdentitiesSearch): void => void navigate({ search: next, replace: true });
  usePageKeys({
    '/': () => field.current?.focus(),
    ...(mayDeclare ? { d: () => setDeclaring(true) } : {}),
  });
  useEffect(() => rememberIdentitiesSearch(search), [search]);
  return (
    <div className="page">
      <title>Identities · Steno</title>
      <div className="page-head">
        <h1>Identities</h1>
        <IdentityFilters search={search} onChange={change} field={field} />
        <span className="grow" />
        {mayDeclare && (
          <UnstyledButton
            className="button"
            data-tone="primary"
            title="Declare an identity (d)"
            onClick={() => setDeclaring(true)}
          >
            Declare an identity…
          </UnstyledButton>
        )}
        {me !== undefined && !mayDeclare && (
          <span className="faint">An administrator declares and approves them.</span>
        )}
      </div>
      <Contents search={search} onClear={() => change({})} />
      <DeclareDialog opened={declaring} onClose={() => setDeclaring(false)} />
    </div>
  );
}

interface ContentsProps {
  readonly search: IdentitiesSearch;
  readonly onClear: () => void;
}

function Contents({ search, onClear }: ContentsProps): ReactNode {
  const pages = useInfiniteQuery(identitiesQuery(queryOf(search)));
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const identities = data?.pages.flatMap(({ items }) => items) ?? [];
  // A page may have none that fit though more follow.
  const isLooking = identities.length === 0 && hasNextPage;
  useEffect(() => {
    if (isLooking && !isFetchingNextPage && error === null) void fetchNextPage();
  }, [isLooking, isFetchingNextPage, error, fetchNextPage]);

  if (error !== null && identities.length === 0) {
    const { title, detail } = explain(error);
    return (
      <Blank icon="warning" title={title} tone="danger">
        <p>{detail}</p>
        <UnstyledButton className="button" onClick={() => void pages.refetch()}>
          Try again
        </UnstyledButton>
      </Blank>
    );
  }
  if (data === undefined || isLooking) return <Loading />;
  if (identities.length === 0) return <Nothing search={search} onClear={onClear} />;
  return (
    <IdentityTable
      identities={identities}
      more={hasNextPage}
      loading={isFetchingNextPage}
      failure={error}
      onMore={() => void fetchNextPage()}
    />
  );
}

function Nothing({ search, onClear }: ContentsProps): ReactNode {
  if (!isFiltered(search)) {
    return (
      <Blank icon="user" title="No identities yet">
        <p>
          An identity appears here with its first session through Steno, or once an administrator
          declares it.
        </p>
      </Blank>
    );
  }
  return (
    <Blank icon="search" title="No identity matches">
      <p>Nothing that was seen or declared fits all of these filters.</p>
      <UnstyledButton className="button" onClick={onClear}>
        Clear the filters
      </UnstyledButton>
    </Blank>
  );
}

const rows = [...'abcdefghijkl'];

function Loading(): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading the identities">
      {rows.map((row) => (
        <div key={row} aria-hidden="true">
          <i />
          <i />
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
