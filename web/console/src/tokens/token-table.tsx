import type { TokenView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatTime } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';

interface TokenTableProps {
  readonly tokens: readonly TokenView[];
  readonly onRevoke: (tokenId: string) => void;
}

export function TokenTable({ tokens, onRevoke }: TokenTableProps): ReactNode {
  const [zone] = useZone();
  return (
    <table className="plain-table">
      <caption>Tokens that are valid</caption>
      <thead>
        <tr>
          <th scope="col">For</th>
          <th scope="col">Roles</th>
          <th scope="col">Made</th>
          <th scope="col">Expires</th>
          <th scope="col">Revoke</th>
        </tr>
      </thead>
      <tbody>
        {tokens.map(({ tokenId, label, roles, issuedAt, expiresAt }) => (
          <tr key={tokenId}>
            <th scope="row">
              <InertName name={label} />
            </th>
            <td>{roles.join(', ')}</td>
            <td>{formatTime(issuedAt, zone)}</td>
            <td>{formatTime(expiresAt, zone)}</td>
            <td>
              <UnstyledButton
                className="button"
                aria-label={`Revoke ${label}`}
                onClick={() => onRevoke(tokenId)}
              >
                Revoke
              </UnstyledButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
