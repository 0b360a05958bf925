import type { IdentityDetailView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type ReactNode, type RefObject } from 'react';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { DeclareDialog } from './declare-dialog.js';
import { IdentityActions } from './identity-actions.js';
import { IdentityFacts } from './identity-facts.js';
import { lastIdentitiesSearch } from './last-search.js';
import { StateBadge } from './state-badge.js';
import { StepDialog, type Step } from './step-dialog.js';
import type { Verb } from './steps.js';
import { Standing } from './standing.js';

interface IdentityHeaderProps {
  readonly identity: IdentityDetailView;
}

const STEPS: readonly Step[] = ['approve', 'suspend', 'resume', 'revoke', 'owner'];

/** Who it is, how it stands, and what may be said of it. */
export function IdentityHeader({ identity }: IdentityHeaderProps): ReactNode {
  const [saying, setSaying] = useState<Verb>();
  const heading = useRef<HTMLHeadingElement>(null);
  const close = (): void => setSaying(undefined);
  return (
    <header className="session-head identity-head">
      <div className="session-title">
        <Link
          to="/identities"
          search={lastIdentitiesSearch()}
          className="back-link"
          aria-label="All identities"
          title="All identities (u)"
        >
          <Icon name="left" />
        </Link>
        <h1 className="mono" tabIndex={-1} ref={heading}>
          <InertName name={identity.identity} />
        </h1>
        <StateBadge state={identity.state} />
        <span className="grow" />
        <IdentityActions
          lifecycle={identity.lifecycle}
          onSay={setSaying}
          onFocusGone={() => heading.current?.focus({ preventScroll: true })}
        />
      </div>
      {identity.purpose !== '' && (
        <p className="identity-purpose">
          <InertName name={identity.purpose} />
        </p>
      )}
      <IdentityFacts identity={identity} />
      <Standing identity={identity} />
      {STEPS.map((step) => (
        <StepDialog
          key={step}
          step={step}
          identity={identity}
          opened={saying === step}
          onClose={close}
          onClosed={() => refocus(heading)}
        />
      ))}
      <DeclareDialog
        identity={identity}
        opened={saying === 'declare'}
        onClose={close}
        onClosed={() => refocus(heading)}
      />
    </header>
  );
}

/** The button that a dialog was opened by may be gone. */
function refocus(heading: RefObject<HTMLElement | null>): void {
  if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
}
