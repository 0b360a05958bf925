import type { LifecycleView } from '@steno/proto';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { meQuery } from '../api/queries.js';
import { maySayOfIdentities } from '../api/rights.js';
import { Icon, type IconName } from '../ui/icons.js';
import { LeavingButton } from '../ui/leaving-button.js';
import { stepsOf, type Verb } from './steps.js';

const BUTTONS: Readonly<
  Record<Verb, { readonly icon: IconName; readonly word: string; readonly tone?: string }>
> = {
  approve: { icon: 'check', word: 'Approve…', tone: 'primary' },
  resume: { icon: 'play', word: 'Resume…', tone: 'primary' },
  owner: { icon: 'user', word: 'Change owner…' },
  declare: { icon: 'quote', word: 'Declare…' },
  suspend: { icon: 'pause', word: 'Suspend…', tone: 'danger' },
  revoke: { icon: 'ban', word: 'Revoke…', tone: 'danger' },
};

interface IdentityActionsProps {
  readonly lifecycle: readonly LifecycleView[];
  readonly onSay: (verb: Verb) => void;
  /** One of its buttons had the focus, and goes. */
  readonly onFocusGone: () => void;
}

/** What may be said of it now, by those who may. */
export function IdentityActions(props: IdentityActionsProps): ReactNode {
  const { lifecycle, onSay, onFocusGone } = props;
  const { data: me } = useQuery(meQuery);
  if (me === undefined) return null;
  if (!maySayOfIdentities(me)) {
    return <span className="faint">An administrator decides whether it may act.</span>;
  }
  return (
    <div className="identity-actions">
      {stepsOf(lifecycle).map((verb) => {
        const { icon, word, tone } = BUTTONS[verb];
        return (
          <LeavingButton
            key={verb}
            tone={tone}
            onClick={() => onSay(verb)}
            onFocusGone={onFocusGone}
          >
            <Icon name={icon} size={14} /> {word}
          </LeavingButton>
        );
      })}
    </div>
  );
}
