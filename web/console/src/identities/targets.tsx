import type { IdentityDetailView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, formatTime } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';

/** Where it acts, the target that it was on last first. */
export function Targets({
  identity: { identity, targets },
}: {
  readonly identity: IdentityDetailView;
}): ReactNode {
  const [zone] = useZone();
  return (
    <section aria-label="Targets">
      <h2>Targets</h2>
      {targets.length === 0 ? (
        <p className="faint">It was on none.</p>
      ) : (
        <table className="plain-table" aria-label="Targets that it was on">
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col" className="is-number">
                Sessions
              </th>
              <th scope="col" className="is-number">
                Commands
              </th>
              <th scope="col" className="is-number">
                Errors
              </th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {targets.map(({ target, sessions, commands, errors, lastSeen }) => (
              <tr key={target}>
                <th scope="row" className="mono">
                  <Link to="/sessions" search={{ identity: [identity], target: [target] }}>
                    <InertName name={target} />
                  </Link>
                </th>
                <td className="is-number" data-label="Sessions">
                  {formatCount(sessions)}
                </td>
                <td className="is-number" data-label="Commands">
                  {formatCount(commands)}
                </td>
                <td
                  className={errors > 0 ? 'is-number has-errors' : 'is-number'}
                  data-label="Errors"
                >
                  {formatCount(errors)}
                </td>
                <td data-label="Last">{formatTime(lastSeen, zone)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
