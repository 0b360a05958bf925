import { UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { policiesQuery } from '../api/queries.js';
import { Blank } from '../ui/blank.js';
import { usePageKeys } from '../ui/page-keys.js';
import { DryRun } from './dry-run.js';
import { Failed } from './failed.js';
import { InForce } from './in-force.js';
import { VersionDetail } from './version-detail.js';
import { VersionList } from './version-list.js';

const route = '/shell/policies';

/** By which rules commands are decided, by which they were, and what others would have done. */
export function PoliciesPage(): ReactNode {
  const { view } = useSearch({ from: route });
  const navigate = useNavigate({ from: '/policies' });
  const tries = view === 'dry-run';
  const showDryRun = (shown: boolean): void =>
    void navigate({ search: shown ? { view: 'dry-run' } : {} });
  usePageKeys({ t: () => showDryRun(!tries) });
  return (
    <div className="page">
      <title>{tries ? 'Dry run of policies · Steno' : 'Policies · Steno'}</title>
      <div className="page-head">
        <h1>Policies</h1>
        <div className="segmented" role="group" aria-label="What to see of policies">
          <UnstyledButton aria-pressed={!tries} onClick={() => showDryRun(false)}>
            Versions
          </UnstyledButton>
          <UnstyledButton aria-pressed={tries} onClick={() => showDryRun(true)}>
            Dry run
          </UnstyledButton>
        </div>
      </div>
      {tries ? <DryRun /> : <Versions />}
    </div>
  );
}

function Versions(): ReactNode {
  const { version: chosen, against } = useSearch({ from: route });
  const navigate = useNavigate({ from: '/policies' });
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(policiesQuery);
  const [first] = data?.pages ?? [];
  const versions = data?.pages.flatMap(({ items }) => items) ?? [];
  const open = versions.find(({ digest }) => chosen !== undefined && digest.startsWith(chosen));
  const before = (open ?? versions[0])?.before ?? undefined;
  const version = chosen ?? versions[0]?.digest;
  usePageKeys({
    d: () => {
      if (version === undefined || (against === undefined && before === undefined)) return;
      const search = against === undefined && before !== undefined ? { against: before } : {};
      void navigate({ search: { version, ...search }, replace: true });
    },
  });
  if (first === undefined)
    return error === null ? <Loading /> : <Failed error={error} onRetry={() => void refetch()} />;
  if (versions.length === 0 || version === undefined) {
    return (
      <Blank icon="shield" title="No capture has started yet">
        <p>As soon as one does, what it goes by is listed here.</p>
      </Blank>
    );
  }
  return (
    <>
      <InForce view={first} />
      <div className="policies">
        <VersionList
          versions={versions}
          inForce={first.inForce}
          open={open?.digest ?? version}
          leftOut={first.leftOut}
          onMore={hasNextPage ? () => void fetchNextPage() : undefined}
        />
        <section className="policy-pane" aria-label="Version" key={version}>
          <VersionDetail digest={version} against={against} versions={versions} />
        </section>
      </div>
    </>
  );
}

const rows = [...'abcdef'];

function Loading(): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading the policies">
      {rows.map((row) => (
        <div key={row} aria-hidden="true">
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
