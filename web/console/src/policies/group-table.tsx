import type { DryRunGroupView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount } from '../ui/format.js';
import { InertName, InertText } from '../ui/inert-text.js';

/** What would be otherwise: of whom, where, how and by which rule. */
export function GroupTable({ groups }: { readonly groups: readonly DryRunGroupView[] }): ReactNode {
  return (
    <table className="plain-table dry-run-groups">
      <thead>
        <tr>
          <th scope="col">Identity</th>
          <th scope="col">Target</th>
          <th scope="col">Was → would be</th>
          <th scope="col">Rule</th>
          <th scope="col" className="number">
            Commands
          </th>
          <th scope="col" className="number">
            Sessions
          </th>
          <th scope="col">Example</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Row key={keyOf(group)} group={group} />
        ))}
      </tbody>
    </table>
  );
}

const keyOf = ({ identity, target, was, would, rule }: DryRunGroupView): string =>
  JSON.stringify([identity, target, was, would, rule]);

function Row({ group }: { readonly group: DryRunGroupView }): ReactNode {
  const { identity, target, was, would, rule, commands, sessions, example } = group;
  return (
    <tr>
      <th scope="row">
        <InertName name={identity} />
      </th>
      <td>
        <InertName name={target} />
      </td>
      <td className="was-would">
        <Effect effect={was} /> <span aria-label="would be">→</span> <Effect effect={would} />
      </td>
      <td>
        <code>
          <InertName name={rule} />
        </code>
      </td>
      <td className="number">{formatCount(commands)}</td>
      <td className="number">{formatCount(sessions)}</td>
      <td className="example">
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId: example.sessionId }}
          search={{ e: example.position }}
        >
          {textOf(group)}
        </Link>
      </td>
    </tr>
  );
}

const tones: Readonly<Record<string, string>> = { allow: 'ok', deny: 'danger', hold: 'warning' };

function Effect({ effect }: { readonly effect: string }): ReactNode {
  return (
    <span className="badge" data-tone={tones[effect]}>
      {effect}
    </span>
  );
}

function textOf({ example: { position, text } }: DryRunGroupView): ReactNode {
  if (position === 0) return 'The session itself';
  if (text === null) return 'A command without text';
  return <InertText text={text.replaceAll(/\s+/g, ' ').slice(0, 300)} isOneLine />;
}
