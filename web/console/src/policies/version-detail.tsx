import type { PolicyVersionDetailView, PolicyVersionView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { policyQuery } from '../api/queries.js';
import { countOf, formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { copyText } from '../ui/toast.js';
import { useZone } from '../ui/use-zone.js';
import { digits, isNone } from './digits.js';
import { Failed } from './failed.js';
import { FileText } from './file-text.js';
import { VersionDifference } from './version-difference.js';

interface VersionDetailProps {
  readonly digest: string;
  readonly against: string | undefined;
  readonly versions: readonly PolicyVersionView[];
}

/** One version: its files, or what became different in them. */
export function VersionDetail({ digest, against, versions }: VersionDetailProps): ReactNode {
  const { data, error, refetch } = useQuery(policyQuery(digest));
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <p className="policy-none">Loading…</p>;
  return (
    <>
      <Head version={data} />
      <Compare version={data} against={against} versions={versions} />
      {against === undefined ? (
        <Files version={data} />
      ) : (
        <VersionDifference digest={data.digest} from={against} />
      )}
    </>
  );
}

function Head({ version }: { readonly version: PolicyVersionDetailView }): ReactNode {
  const [zone] = useZone();
  const { digest, rules, firstLoadedAt, inForceSince, lastInForceAt, captures } = version;
  return (
    <header className="policy-head">
      <h2>{isNone(digest) ? 'No policies' : `Version ${digits(digest)}`}</h2>
      <span className="faint">{countOf(rules, 'rule')}</span>
      <span className="grow" />
      <UnstyledButton
        className="text-button"
        title={digest}
        onClick={() => void copyText(digest, 'Digest')}
      >
        <Icon name="copy" size={13} /> Copy the digest
      </UnstyledButton>
      <dl className="policy-facts">
        <div>
          <dt>First loaded</dt>
          <dd>{formatTime(firstLoadedAt, zone)}</dd>
        </div>
        <div>
          <dt>In force since</dt>
          <dd>{formatTime(inForceSince, zone)}</dd>
        </div>
        <div>
          <dt>Last in force</dt>
          <dd>{lastInForceAt === null ? 'now' : formatTime(lastInForceAt, zone)}</dd>
        </div>
        <div>
          <dt>Captures that went by it</dt>
          <dd>
            <InertName name={captures.join(', ')} />
          </dd>
        </div>
      </dl>
    </header>
  );
}

interface CompareProps extends Omit<VersionDetailProps, 'digest'> {
  readonly version: PolicyVersionDetailView;
}

function Compare({ version, against, versions }: CompareProps): ReactNode {
  const [zone] = useZone();
  const navigate = useNavigate({ from: '/policies' });
  const { digest, before } = version;
  const others = versions.filter((other) => other.digest !== digest);
  if (others.length === 0) return null;
  const chosen = others.find((other) => against !== undefined && other.digest.startsWith(against));
  const choose = (to: string): void =>
    void navigate({
      search: to === '' ? { version: digest } : { version: digest, against: to },
      replace: true,
    });
  return (
    <div className="policy-compare">
      <label>
        Compare with{' '}
        <select value={chosen?.digest ?? ''} onChange={({ target }) => choose(target.value)}>
          <option value="">none: the files</option>
          {others.map((other) => (
            <option key={other.digest} value={other.digest}>
              {isNone(other.digest) ? 'no policies' : digits(other.digest)},{' '}
              {formatTime(other.inForceSince, zone)}
              {other.digest === before ? ' (before this)' : ''}
            </option>
          ))}
        </select>
      </label>
      {against === undefined && before !== null && (
        <Link
          className="text-button"
          to="/policies"
          search={{ version: digest, against: before }}
          replace
        >
          What changed
        </Link>
      )}
    </div>
  );
}

function Files({ version: { files } }: { readonly version: PolicyVersionDetailView }): ReactNode {
  if (files.length === 0) {
    return (
      <p className="policy-none">
        No file: every command of every identity is allowed while a capture goes by it.
      </p>
    );
  }
  return files.map((file) => <FileText key={file.name} file={file} />);
}
