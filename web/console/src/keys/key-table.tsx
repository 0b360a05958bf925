import type { ApiKeyState, ApiKeyView } from '@steno/proto';
import type { ReactNode } from 'react';
import { ago } from '../identities/ages.js';
import { formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName, InertText } from '../ui/inert-text.js';
import { LeavingButton } from '../ui/leaving-button.js';
import type { StatusWords } from '../ui/status-badge.js';
import { useNow } from '../ui/use-now.js';
import { useZone } from '../ui/use-zone.js';

const STATE_WORDS: Readonly<Record<ApiKeyState, StatusWords>> = {
  good: { icon: 'check', word: 'Good', tone: 'ok', means: 'It opens sessions.' },
  expired: { icon: 'silent', word: 'Expired', tone: 'plain', means: 'Its time is over.' },
  revoked: { icon: 'ban', word: 'Revoked', tone: 'danger', means: 'Somebody ended it.' },
};

interface KeyTableProps {
  /** The newest first. */
  readonly keys: readonly ApiKeyView[];
  /** Undefined: the reader may not. */
  readonly onRevoke: ((key: ApiKeyView) => void) | undefined;
  /** The button of one had the focus, and goes. */
  readonly onFocusGone: () => void;
}

export function KeyTable({ keys, onRevoke, onFocusGone }: KeyTableProps): ReactNode {
  return (
    <table className="plain-table key-table" aria-label="Keys of this identity">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">State</th>
          <th scope="col">Owner</th>
          <th scope="col">Made</th>
          <th scope="col">Expires</th>
          <th scope="col">Last used</th>
          {onRevoke !== undefined && (
            <th scope="col">
              <span className="visually-hidden">Revoke</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <Row key={key.keyId} of={key} onRevoke={onRevoke} onFocusGone={onFocusGone} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly of: ApiKeyView;
  readonly onRevoke: KeyTableProps['onRevoke'];
  readonly onFocusGone: () => void;
}

function Row({ of, onRevoke, onFocusGone }: RowProps): ReactNode {
  const { name, owner, state, issuedAt, issuedBy, expiresAt, groups } = of;
  const [zone] = useZone();
  const { icon, word, tone, means } = STATE_WORDS[state];
  return (
    <tr>
      <th scope="row" className="mono">
        <InertName name={name} />
        {groups.length > 0 && (
          <span className="key-more">
            in <InertName name={groups.join(', ')} />
          </span>
        )}
      </th>
      <td>
        <span className="badge" data-tone={tone} title={means}>
          <Icon name={icon} size={12} />
          {word}
        </span>
        <Revoked of={of} />
      </td>
      <td data-label="Owner">
        <InertName name={owner} />
      </td>
      <td data-label="Made">
        {formatTime(issuedAt, zone)}
        <span className="key-more">
          by <InertName name={issuedBy} />
        </span>
      </td>
      <td data-label="Expires">{formatTime(expiresAt, zone)}</td>
      <td data-label="Last used">
        <LastUse of={of} />
      </td>
      {onRevoke !== undefined && (
        <td>
          {state === 'good' && (
            <LeavingButton
              tone="danger"
              label={`Revoke ${name}`}
              onClick={() => onRevoke(of)}
              onFocusGone={onFocusGone}
            >
              Revoke…
            </LeavingButton>
          )}
        </td>
      )}
    </tr>
  );
}

function Revoked({ of: { revokedBy, reason = '' } }: Pick<RowProps, 'of'>): ReactNode {
  if (revokedBy === undefined) return null;
  return (
    <span className="key-more">
      by <InertName name={revokedBy} />: <InertText text={reason} />
    </span>
  );
}

/** As the sessions that are recorded tell it. */
function LastUse({ of: { usedAt } }: Pick<RowProps, 'of'>): ReactNode {
  const now = useNow();
  const [zone] = useZone();
  if (usedAt === undefined) return <span className="faint">not looked up</span>;
  if (usedAt === null) return <span className="faint">never</span>;
  return <span title={formatTime(usedAt, zone)}>{ago(usedAt, now)}</span>;
}
