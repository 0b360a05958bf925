import type { IdentityView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { Zone } from '@steno/player';
import { Link } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';
import { explain } from '../api/client.js';
import { useRowKeys } from '../sessions/use-row-keys.js';
import { countOf, formatCount, formatTime } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { useNow } from '../ui/use-now.js';
import { useZone } from '../ui/use-zone.js';
import { ago, credentialAge } from './ages.js';
import { StateBadge } from './state-badge.js';

interface IdentityTableProps {
  readonly identities: readonly IdentityView[];
  readonly more: boolean;
  readonly loading: boolean;
  /** Of the page that was asked for last. */
  readonly failure: Error | null;
  readonly onMore: () => void;
}

/** The inventory by name; all of a row leads to its identity. */
export function IdentityTable(props: IdentityTableProps): ReactNode {
  const { identities, more, loading, failure, onMore } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [zone] = useZone();
  const now = useNow();
  useRowKeys(identities.length, () => undefined, scroller);
  return (
    <div className="table-scroller" ref={scroller} tabIndex={-1}>
      <table className="plain-table identity-table" aria-label="Identities">
        <thead>
          <tr>
            <th scope="col">Identity</th>
            <th scope="col">State</th>
            <th scope="col">Owner</th>
            <th scope="col">Environment</th>
            <th scope="col">Issuer</th>
            <th scope="col" title="How old its token was when it last opened a session">
              Credential age
            </th>
            <th scope="col">First seen</th>
            <th scope="col">Last seen</th>
            <th scope="col" className="is-number">
              Sessions
            </th>
          </tr>
        </thead>
        <tbody>
          {identities.map((each, index) => (
            <Row key={each.identity} identity={each} index={index} zone={zone} now={now} />
          ))}
        </tbody>
      </table>
      <div className="table-foot" role="status">
        {failure !== null && <p className="form-error">{explain(failure).title}.</p>}
        {more ? (
          <UnstyledButton className="button" disabled={loading} onClick={onMore}>
            {loading ? 'Loading more…' : 'Show more'}
          </UnstyledButton>
        ) : (
          `${countOf(identities.length, 'identity', 'identities')}, all shown`
        )}
      </div>
    </div>
  );
}

interface RowProps {
  readonly identity: IdentityView;
  readonly index: number;
  readonly zone: Zone;
  readonly now: number;
}

function Row({ identity: of, index, zone, now }: RowProps): ReactNode {
  const { identity, state, owner, team, environment, issuer, firstSeen, lastSeen } = of;
  return (
    <tr>
      <th scope="row" className="mono">
        <Link
          to="/identities/$name"
          params={{ name: identity }}
          className="row-link"
          data-row={index}
          title={identity}
        >
          <InertName name={identity} />
        </Link>
      </th>
      <td>
        <StateBadge state={state} />
      </td>
      <td data-label="Owner">
        <Text text={owner} none="nobody" />
        {team !== '' && (
          <span className="faint">
            {' '}
            · <InertName name={team} />
          </span>
        )}
      </td>
      <td data-label="Environment">
        <Text text={environment} none="–" />
      </td>
      <td data-label="Issuer" className="mono" title={issuer ?? ''}>
        <Text text={hostOf(issuer ?? '')} none="–" />
      </td>
      <td data-label="Credential age">{credentialAge(of) ?? <span className="faint">–</span>}</td>
      <td data-label="First seen">
        {firstSeen === null ? <span className="faint">never</span> : formatTime(firstSeen, zone)}
      </td>
      <td data-label="Last seen" title={lastSeen === null ? '' : formatTime(lastSeen, zone)}>
        {lastSeen === null ? <span className="faint">never</span> : ago(lastSeen, now)}
      </td>
      <td data-label="Sessions" className="is-number">
        {formatCount(of.sessions)}
      </td>
    </tr>
  );
}

interface TextProps {
  readonly text: string;
  readonly none: string;
}

function Text({ text, none }: TextProps): ReactNode {
  return text === '' ? <span className="faint">{none}</span> : <InertName name={text} />;
}

/** Most issuers are addresses, told apart by their hosts. */
const hostOf = (issuer: string): string => issuer.replace(/^https?:\/\//, '');
