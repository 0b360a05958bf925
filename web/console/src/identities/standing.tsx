import type { IdentityDetailView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { STATE_WORDS } from './state-badge.js';

/** What its state follows from, and what does not fit. */
export function Standing({ identity }: { readonly identity: IdentityDetailView }): ReactNode {
  const { state, through, issuer, seenIssuer, owner } = identity;
  const { tone } = STATE_WORDS[state];
  return (
    <>
      {seenIssuer !== undefined && (
        <Note tone="warning" title="Its last token is of another issuer">
          It was declared for <Name name={issuer ?? ''} />, and came from <Name name={seenIssuer} />
          . What was declared does not speak for that one.
        </Note>
      )}
      {through !== undefined && (
        <Note tone={tone === 'danger' ? 'danger' : undefined} title="Declared by a pattern">
          It is what it is by{' '}
          <Link to="/identities/$name" params={{ name: through }} className="mono">
            <InertName name={through} />
          </Link>
          , whose subjects it fits. What is said here is said of this one alone.
        </Note>
      )}
      {state === 'observed' && owner === '' && (
        <Note tone="warning" title="Nobody answers for it">
          It was seen with a token of an issuer that is trusted here. Declare who answers for it, or
          revoke it to keep it out.
        </Note>
      )}
    </>
  );
}

interface NoteProps {
  readonly tone: 'warning' | 'danger' | undefined;
  readonly title: string;
  readonly children: ReactNode;
}

function Note({ tone, title, children }: NoteProps): ReactNode {
  return (
    <div className="callout" data-tone={tone}>
      <Icon name={tone === undefined ? 'link' : 'warning'} />
      <div>
        <strong>{title}</strong>
        <p>{children}</p>
      </div>
    </div>
  );
}

function Name({ name }: { readonly name: string }): ReactNode {
  return (
    <b className="mono">
      <InertName name={name} />
    </b>
  );
}
