import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError, explain } from '../api/client.js';
import { Blank } from '../ui/blank.js';
import { Icon } from '../ui/icons.js';
import { lastIdentitiesSearch } from './last-search.js';

interface IdentityMissingProps {
  readonly error: Error | null;
  readonly onRetry: () => void;
}

/** In place of one that is on its way, is not known, or could not be asked for. */
export function IdentityMissing({ error, onRetry }: IdentityMissingProps): ReactNode {
  if (error === null) {
    return (
      <div className="page-blank" role="status">
        Loading the identity…
      </div>
    );
  }
  const isUnknown = error instanceof ApiError && error.status === 404;
  const { title, detail } = explain(error);
  return (
    <div className="page-blank">
      <title>Identity · Steno</title>
      <Blank icon="warning" title={title} tone="danger">
        <p>{isUnknown ? 'It was neither seen nor declared.' : detail}</p>
        {isUnknown ? (
          <Link to="/identities" search={lastIdentitiesSearch()}>
            Go to the identities
          </Link>
        ) : (
          <UnstyledButton className="button" onClick={onRetry}>
            Try again
          </UnstyledButton>
        )}
      </Blank>
    </div>
  );
}

/** Over what was known before. */
export function IdentityStale({ error }: { readonly error: Error }): ReactNode {
  return (
    <div className="callout" data-tone="danger" role="alert">
      <Icon name="warning" />
      <div>
        <strong>This may not be so any more: {explain(error).title}</strong>
        <p>{explain(error).detail}</p>
      </div>
    </div>
  );
}
