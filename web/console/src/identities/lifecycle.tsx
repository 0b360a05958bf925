import type { LifecycleView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatTime } from '../ui/format.js';
import { Icon, type IconName } from '../ui/icons.js';
import { InertName, InertText } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';

interface LifecycleProps {
  /** Oldest first. */
  readonly entries: readonly LifecycleView[];
  readonly through: string | undefined;
}

interface Words {
  readonly icon: IconName;
  readonly tone: 'ok' | 'warning' | 'danger' | 'plain';
  readonly word: string;
}

const SAID: Readonly<Record<LifecycleView['said'], Words>> = {
  declared: { icon: 'quote', tone: 'plain', word: 'declared it' },
  approved: { icon: 'check', tone: 'ok', word: 'approved it' },
  'owner-changed': { icon: 'user', tone: 'plain', word: 'changed its owner' },
  suspended: { icon: 'pause', tone: 'danger', word: 'suspended it' },
  resumed: { icon: 'play', tone: 'ok', word: 'resumed it' },
  revoked: { icon: 'ban', tone: 'danger', word: 'revoked it' },
  expired: { icon: 'silent', tone: 'danger', word: 'It expired' },
};

/** What people said of it and why, the newest first. */
export function Lifecycle({ entries, through }: LifecycleProps): ReactNode {
  return (
    <section aria-label="Lifecycle">
      <h2>Lifecycle</h2>
      {entries.length === 0 ? (
        <p className="faint">
          Nobody has said anything of it by its name.
          {through !== undefined && (
            <>
              {' '}
              <Link to="/identities/$name" params={{ name: through }}>
                What was said of its pattern
              </Link>
            </>
          )}
        </p>
      ) : (
        <ol className="approval-answers lifecycle">
          {entries.toReversed().map((entry) => (
            <Entry key={`${entry.at} ${entry.said}`} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Entry({ entry }: { readonly entry: LifecycleView }): ReactNode {
  const { said, actor, reason, at, owner } = entry;
  const { icon, tone, word } = SAID[said];
  const [zone] = useZone();
  return (
    <li data-void={entry.void !== undefined}>
      <span className="approval-said" data-tone={entry.void === undefined ? tone : 'plain'}>
        <Icon name={icon} size={14} />
      </span>
      <div>
        <p>
          {said !== 'expired' && (
            <b>
              <InertName name={actor} />
            </b>
          )}{' '}
          {word}
          {owner !== undefined && (
            <>
              {' '}
              {said === 'declared' ? 'for' : 'to'}{' '}
              <b>
                <InertName name={owner} />
              </b>
            </>
          )}{' '}
          <span className="faint">{formatTime(at, zone)}</span>{' '}
          {entry.void !== undefined && <span className="tag">void: {entry.void}</span>}
        </p>
        {reason !== '' && (
          <blockquote>
            <InertText text={reason} />
          </blockquote>
        )}
      </div>
    </li>
  );
}
