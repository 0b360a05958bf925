import type { NewTokenView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { explain, remove } from '../api/client.js';
import { tokensQuery } from '../api/queries.js';
import { Blank } from '../ui/blank.js';
import { announce, copyText } from '../ui/toast.js';
import { TokenForm } from './token-form.js';
import { TokenTable } from './token-table.js';

/** What somebody may use the command line and the api by, as themselves. */
export function TokensPage(): ReactNode {
  const { data, error } = useQuery(tokensQuery);
  const [made, setMade] = useState<NewTokenView>();
  const [failure, setFailure] = useState<unknown>();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries(tokensQuery);
  const revoke = async (id: string): Promise<void> => {
    try {
      await remove(`/me/tokens/${encodeURIComponent(id)}`);
      announce('Token revoked');
      if (made?.tokenId === id) setMade(undefined);
    } catch (problem) {
      setFailure(problem);
    }
    await refresh();
  };
  const onMade = (token: NewTokenView): void => {
    setMade(token);
    setFailure(undefined);
    void refresh();
  };
  const wrong = failure ?? error;
  return (
    <div className="page">
      <title>Your tokens · Steno</title>
      <div className="page-head">
        <h1>Your tokens</h1>
      </div>
      <div className="tokens">
        <p>
          With one in <code>STENO_TOKEN</code> the command line acts as you, with the roles and
          groups of the sign-in in which it was made, until it expires or you revoke it.
        </p>
        {wrong !== undefined && wrong !== null && <Failure error={wrong} />}
        {made !== undefined && <Made token={made.token} />}
        <TokenForm onMade={onMade} onFailed={setFailure} />
        {data?.items.length === 0 && <Blank icon="user" title="You have no token" />}
        {data !== undefined && data.items.length > 0 && (
          <TokenTable tokens={data.items} onRevoke={(id) => void revoke(id)} />
        )}
      </div>
    </div>
  );
}

function Failure({ error }: { readonly error: unknown }): ReactNode {
  const { title, detail } = explain(error);
  return (
    <div className="callout" data-tone="danger" role="alert">
      <div>
        <strong>{title}</strong>
        <p>{detail}</p>
      </div>
    </div>
  );
}

function Made({ token }: { readonly token: string }): ReactNode {
  return (
    <div className="callout" role="status">
      <div>
        <strong>It is shown this once: keep it where secrets are kept.</strong>
        <p>
          <code className="token">{token}</code>
        </p>
        <UnstyledButton className="button" onClick={() => void copyText(token, 'Token')}>
          Copy
        </UnstyledButton>
      </div>
    </div>
  );
}
