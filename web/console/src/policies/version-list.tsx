import type { CapturePoliciesView, ListedPolicyVersionView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';
import { countOf, formatTime } from '../ui/format.js';
import { usePageKeys } from '../ui/page-keys.js';
import { useZone } from '../ui/use-zone.js';
import { changesInWords } from './changes-in-words.js';
import { digits, isNone } from './digits.js';

interface VersionListProps {
  readonly versions: readonly ListedPolicyVersionView[];
  readonly inForce: readonly CapturePoliciesView[];
  /** Digest of the one that is shown. */
  readonly open: string;
  readonly leftOut: number;
  readonly onMore: (() => void) | undefined;
}

/** What came into force last comes first. */
export function VersionList(props: VersionListProps): ReactNode {
  const { versions, inForce, open, leftOut, onMore } = props;
  const list = useRef<HTMLOListElement>(null);
  const step = (by: number): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('a') ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
  };
  const [next, previous] = [() => step(1), () => step(-1)];
  usePageKeys({ j: next, ArrowDown: next, k: previous, ArrowUp: previous });
  return (
    <nav className="policy-list" aria-label="Versions">
      <ol ref={list}>
        {versions.map((version) => (
          <li key={version.digest}>
            <Row
              version={version}
              captures={inForce.filter(({ digest }) => digest === version.digest).length}
              isOpen={version.digest === open}
            />
          </li>
        ))}
      </ol>
      {onMore !== undefined && (
        <UnstyledButton className="button" onClick={onMore}>
          Older versions
        </UnstyledButton>
      )}
      {onMore === undefined && leftOut > 0 && (
        <p className="faint">{countOf(leftOut, 'older version')}: in the log alone.</p>
      )}
    </nav>
  );
}

interface RowProps {
  readonly version: ListedPolicyVersionView;
  /** That go by it now. */
  readonly captures: number;
  readonly isOpen: boolean;
}

function Row({ version, captures, isOpen }: RowProps): ReactNode {
  const [zone] = useZone();
  const { digest, rules, inForceSince, changes, before } = version;
  return (
    <Link
      to="/policies"
      search={{ version: digest }}
      className="policy-row"
      aria-current={isOpen ? 'true' : undefined}
    >
      <span className="policy-row-head">
        {isNone(digest) ? <b>No policies</b> : <code>{digits(digest)}</code>}
        {captures > 0 && (
          <span className="badge" data-tone={isNone(digest) ? 'warning' : 'ok'}>
            {captures === 1 ? 'In force' : `In force on ${captures}`}
          </span>
        )}
      </span>
      <span className="muted">
        {isNone(digest) ? 'everything is allowed' : countOf(rules, 'rule')} ·{' '}
        {formatTime(inForceSince, zone)}
      </span>
      <span className="faint">{newsOf(changes, before)}</span>
    </Link>
  );
}

function newsOf(changes: ListedPolicyVersionView['changes'], before: string | null): string {
  if (before === null) return 'The first';
  return changes === null ? 'Its texts are not in the store yet' : changesInWords(changes);
}
