import type { PolicyChangesView, PolicyDifferenceView } from '@steno/proto';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { policyDifferenceQuery } from '../api/queries.js';
import { InertName } from '../ui/inert-text.js';
import { Failed } from './failed.js';
import { FileDifference } from './file-difference.js';

interface VersionDifferenceProps {
  readonly digest: string;
  readonly from: string;
}

/** What became different from one version to another: in rules, then line by line. */
export function VersionDifference({ digest, from }: VersionDifferenceProps): ReactNode {
  const { data, error, refetch } = useQuery(policyDifferenceQuery(digest, from));
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <p className="policy-none">Comparing…</p>;
  return (
    <>
      <Rules changes={data.changes} />
      {namesOf(data).map((name) => (
        <FileDifference
          key={name}
          name={name}
          before={data.from.files.find((file) => file.name === name)?.text}
          after={data.to.files.find((file) => file.name === name)?.text}
        />
      ))}
    </>
  );
}

/** Those that are there now first, in their order. */
const namesOf = ({ from, to }: PolicyDifferenceView): readonly string[] => [
  ...new Set([...to.files, ...from.files].map(({ name }) => name)),
];

const titles = { added: 'New rules', removed: 'Gone', changed: 'Changed' } as const;

function Rules({ changes: { rules } }: { readonly changes: PolicyChangesView }): ReactNode {
  const kinds = (['added', 'removed', 'changed'] as const).filter((how) => rules[how].length > 0);
  if (kinds.length === 0) return <p className="policy-none">The rules are the same in both.</p>;
  return (
    <dl className="rule-changes">
      {kinds.map((how) => (
        <div key={how} data-change={how}>
          <dt>{titles[how]}</dt>
          {rules[how].map((name) => (
            <dd key={name}>
              <code>
                <InertName name={name} />
              </code>
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
