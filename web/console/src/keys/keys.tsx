import type { ApiKeyView, IdentityDetailView, NewApiKeyView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { explain } from '../api/client.js';
import { keysQuery, meQuery } from '../api/queries.js';
import { mayMakeKeys, mayReadKeys } from '../api/rights.js';
import { KeyTable } from './key-table.js';
import { MadeKey } from './made-key.js';
import { MakeKeyDialog } from './make-key-dialog.js';
import { RevokeKeyDialog } from './revoke-key-dialog.js';

interface KeysProps {
  readonly identity: IdentityDetailView;
}

/** The keys by which it may prove itself, for those who may see them. */
export function Keys({ identity }: KeysProps): ReactNode {
  const { data: me } = useQuery(meQuery);
  if (me === undefined || !mayReadKeys(me)) return null;
  // A key is for one identity, not for all that fit a pattern.
  return <Shown identity={identity} mayMake={mayMakeKeys(me) && !('subjectPattern' in identity)} />;
}

function Shown({ identity, mayMake }: KeysProps & { readonly mayMake: boolean }): ReactNode {
  const { data, error } = useQuery(keysQuery(identity.identity));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKeyView>();
  const [revoking, setRevoking] = useState<ApiKeyView>();
  const heading = useRef<HTMLHeadingElement>(null);
  const focusHeading = () => heading.current?.focus();
  const keys = data?.items ?? [];
  return (
    <section aria-label="Keys">
      <div className="keys-head">
        <h2 tabIndex={-1} ref={heading}>
          Keys
        </h2>
        <span className="grow" />
        {mayMake && (
          <UnstyledButton className="button" onClick={() => setMaking(true)}>
            Make a key…
          </UnstyledButton>
        )}
      </div>
      {error !== null && data === undefined && <p className="faint">{explain(error).title}.</p>}
      {made !== undefined && (
        <MadeKey
          made={made}
          target={identity.targets[0]?.target}
          onDone={() => setMade(undefined)}
        />
      )}
      {data !== undefined && keys.length === 0 && (
        <p className="faint">
          It has none. A key is for a bot that has no issuer of tokens, and no certificate.
        </p>
      )}
      {keys.length > 0 && (
        <KeyTable
          keys={keys}
          onRevoke={mayMake ? setRevoking : undefined}
          onFocusGone={focusHeading}
        />
      )}
      <MakeKeyDialog
        identity={identity}
        opened={making}
        onClose={() => setMaking(false)}
        onMade={setMade}
      />
      <RevokeKeyDialog
        apiKey={revoking}
        onClose={() => setRevoking(undefined)}
        onClosed={() => {
          // The button that it was opened by may be gone.
          if (document.activeElement === document.body) focusHeading();
        }}
        onRevoked={(name) => {
          if (made?.name === name) setMade(undefined);
        }}
      />
    </section>
  );
}
